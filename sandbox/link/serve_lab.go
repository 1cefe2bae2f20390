package link

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/crypto/ssh"

	"cloison/sandbox"
)

// mostFiles is how large the zip of a lesson's files may be, in bytes.
const mostFiles = 64 << 20

// serveLab makes a lab, and closes it when it is asked to or the channel ends.
func (c *connection) serveLab(ch ssh.Channel, requests <-chan *ssh.Request, ask []byte) {
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	asked := make(chan struct{}, 1) // to close it
	go func() {
		defer cancel()
		for r := range requests {
			if r.Type == requestClose {
				select {
				case asked <- struct{}{}:
				default:
				}
			}
		}
	}()
	id, lab, err := c.openLab(ctx, ch, ask)
	if err != nil {
		_ = sendReply(ch, reply{Error: newFailure(err)})
		return
	}
	_ = sendReply(ch, reply{ID: id}) // if nobody hears that, ctx ends
	select {
	case <-asked:
	case <-ctx.Done():
	}
	c.mu.Lock()
	delete(c.labs, id)
	c.mu.Unlock()
	_ = sendReply(ch, reply{Error: newFailure(lab.Close())})
}

func (c *connection) openLab(ctx context.Context, files io.Reader, ask []byte) (int, sandbox.Lab, error) {
	var a labAsk
	if err := json.Unmarshal(ask, &a); err != nil {
		return 0, nil, err
	}
	o := sandbox.LabOptions{Lesson: a.Lesson, Env: a.Env, Shared: a.Shared}
	if a.Files {
		fsys, err := unpack(files)
		if err != nil {
			return 0, nil, fmt.Errorf("copy the lesson's files: %w", err)
		}
		o.Files = fsys
	}
	m, err := c.backend.Machine(ctx)
	if err != nil {
		return 0, nil, err
	}
	lab, err := m.Open(ctx, o)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	c.labs[c.last] = lab
	return c.last, lab, nil
}

func unpack(files io.Reader) (*zip.Reader, error) {
	all, err := io.ReadAll(io.LimitReader(files, mostFiles+1))
	if err != nil {
		return nil, err
	}
	if len(all) > mostFiles {
		return nil, fmt.Errorf("they are larger than %d bytes", mostFiles)
	}
	return zip.NewReader(bytes.NewReader(all), int64(len(all)))
}
