package link

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Hello is what a guest is told first. A guest that was restored from a saved
// state shares its clock, its random numbers and its names with every other
// one from that state until it hears this.
type Hello struct {
	Nonce     string    `json:"nonce"`      // repeated by the answer
	Time      time.Time `json:"time"`       // for the clock
	Entropy   []byte    `json:"entropy"`    // for the kernel's random numbers; 64 bytes
	MachineID string    `json:"machine_id"` // machine-id(5): 32 hexadecimal digits
	Hostname  string    `json:"hostname"`   // "" leaves the guest's own
}

// NewHello makes a hello that nobody has heard before.
func NewHello() Hello {
	return Hello{
		Nonce:     hex.EncodeToString(random(16)),
		Time:      time.Now(),
		Entropy:   random(64),
		MachineID: hex.EncodeToString(random(16)),
	}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return b
}

// Guest is what the answer to a hello tells of who answers.
type Guest struct {
	Version string `json:"version"` // of the cloison that is the agent
	Kernel  string `json:"kernel"`  // uname -r
	Hellos  int    `json:"hellos"`  // that this agent has heard before
}

// line is what is said outside of SSH: the host's hello, or its order to rest,
// and the guest's answer to either.
type line struct {
	Hello  *Hello  `json:"hello,omitempty"`
	Rest   string  `json:"rest,omitempty"` // a nonce: the host is going to save the guest's state
	Answer *answer `json:"answer,omitempty"`
}

// answer is the guest's.
type answer struct {
	Nonce string `json:"nonce"`
	Key   string `json:"key,omitempty"` // of the SSH that follows, as ssh.FingerprintSHA256
	Guest Guest  `json:"guest"`
	Error string `json:"error,omitempty"` // what kept the guest from doing what a hello asks
}

// mark begins a line. Its first byte occurs in it once, and never in a line:
// JSON escapes control characters.
const mark = "\x01cloison.link/1 \x02"

// longest is how long a line may be, mark and newline aside.
const longest = 4 << 10

// encode gives the bytes of a line: mark, JSON, a blank, the JSON's checksum,
// newline.
func (l line) encode() ([]byte, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	if len(text) > longest-sha256.Size*2-1 {
		return nil, fmt.Errorf("say hello: %d bytes are too long", len(text))
	}
	return fmt.Appendf([]byte(mark), "%s %x\n", text, sha256.Sum256(text)), nil
}

var errNoLine = errors.New("not a line of cloison's")

// parseLine reads what stands between mark and newline.
func parseLine(raw []byte) (line, error) {
	i := bytes.LastIndexByte(raw, ' ')
	if i < 0 {
		return line{}, errNoLine
	}
	text, sum := raw[:i], sha256.Sum256(raw[:i])
	if string(raw[i+1:]) != hex.EncodeToString(sum[:]) {
		return line{}, errNoLine
	}
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return line{}, fmt.Errorf("%w: %w", errNoLine, err)
	}
	return l, nil
}
