package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// cloison and the keeper talk over a pair of SOCK_SEQPACKET sockets: one JSON
// value a packet, at most one file with it (SCM_RIGHTS, unix(7)). The end of
// the connection is the keeper's order to end the lab.

// request is what cloison wants of the keeper. The file that comes with it is
// the tar of the home for Setup and Adopt, and the standard streams for Start.
type request struct {
	ID    int    // of this request, and of the process that Start makes
	Setup *setup `json:",omitempty"`
	Adopt *adopt `json:",omitempty"`
	Start *start `json:",omitempty"`
	Kill  bool   `json:",omitempty"` // the process of that ID
}

// setup is the first request.
type setup struct {
	Private bool   // the namespaces are the lab's own
	Spare   bool   // nobody has asked for the lab yet: no home comes, and Adopt follows
	Home    string // to fill
	Bin     string // where cloison is to be found
	Exe     string // cloison, for a link; "" to mount the running one
	Lab     record
	State   string // the folder of the record
}

// start starts a process.
type start struct {
	Args     []string
	Env      []string
	Dir      string
	Terminal bool // the file is a terminal, to be the controlling one
}

// reply answers a request, or tells that a process has ended.
type reply struct {
	ID    int
	PID   int    `json:",omitempty"`
	Error string `json:",omitempty"`
	Ended bool   `json:",omitempty"`
	Exit  int    `json:",omitempty"`
}

// wire is one end of the connection.
type wire struct{ conn *net.UnixConn }

// maxPacket is the longest request; the kernel's own limit for a socket is a
// little higher (net.core.wmem_default).
const maxPacket = 160 << 10

// newWires makes both ends; the second is for the keeper to inherit.
func newWires() (wire, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return wire{}, nil, fmt.Errorf("make a socket pair: %w", err)
	}
	theirs := os.NewFile(uintptr(fds[1]), "keeper")
	ours, err := newWire(fds[0])
	if err != nil {
		_ = theirs.Close()
		return wire{}, nil, err
	}
	return ours, theirs, nil
}

// newWire takes fd over.
func newWire(fd int) (wire, error) {
	unix.CloseOnExec(fd)
	file := os.NewFile(uintptr(fd), "wire")
	defer func() { _ = file.Close() }()
	conn, err := net.FileConn(file)
	if err != nil {
		return wire{}, fmt.Errorf("use descriptor %d as a socket: %w", fd, err)
	}
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		return wire{}, fmt.Errorf("use descriptor %d as a socket: it is of another family", fd)
	}
	return wire{conn: unixConn}, nil
}

// send sends value, and file if there is one.
func (w wire) send(value any, file *os.File) error {
	packet, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if len(packet) > maxPacket {
		return fmt.Errorf("send %d bytes to the keeper: it takes %d at most", len(packet), maxPacket)
	}
	var rights []byte
	if file != nil {
		rights = unix.UnixRights(int(file.Fd()))
	}
	_, _, err = w.conn.WriteMsgUnix(packet, rights, nil)
	return err
}

// receive waits for the next value; the file is nil where none came. The error
// is io.EOF at the end of the connection.
func (w wire) receive(value any) (*os.File, error) {
	packet, rights := make([]byte, maxPacket+1), make([]byte, unix.CmsgSpace(4))
	n, rn, _, _, err := w.conn.ReadMsgUnix(packet, rights)
	if err != nil {
		return nil, err
	}
	file, err := received(rights[:rn])
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(packet[:n], value); err != nil {
		return file, fmt.Errorf("understand a packet: %w", err)
	}
	return file, nil
}

// received is the file in a control message.
func received(rights []byte) (*os.File, error) {
	if len(rights) == 0 {
		return nil, nil
	}
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil {
		return nil, fmt.Errorf("receive a file: %w", err)
	}
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err == nil && len(fds) == 1 {
			unix.CloseOnExec(fds[0])
			return os.NewFile(uintptr(fds[0]), "received"), nil
		}
	}
	return nil, errors.New("receive a file: there is none in the message")
}
