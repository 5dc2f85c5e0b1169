package objects

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what the protocol compares bodies with; contents are compared by SHA-256
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/minio/minio-go/v7"
)

// errStale is a part of an earlier attempt that is not what the source is.
var errStale = fmt.Errorf("%w: a part is not what the source is", ErrCorrupt)

// send reads the source once, in order, and sends what is missing.
func (u *upload) send(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var sending sync.WaitGroup
	free := make(chan struct{}, max(u.t.Parts, 1))
	err := u.read(ctx, func(p *piece) error {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		one := func() {
			defer func() { <-free }()
			if err := u.put(ctx, p); err != nil {
				cancel(err)
			}
		}
		if sending.Go(one); p.held == nil { // it must be read before what follows
			sending.Wait()
		}
		return context.Cause(ctx)
	})
	sending.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err == nil {
		u.tag = u.wholeTag()
	}
	return err
}

// piece is a part on its way.
type piece struct {
	n    int
	held *[]byte // in memory, so that its checksum is known before it is sent; nil if it is too big
	body io.Reader
	md5  func() []byte
}

// holding are buffers for parts of the usual size.
var holding = sync.Pool{New: func() any { b := make([]byte, partSize); return &b }}

// hold returns a buffer for a part.
func hold(size int64) *[]byte {
	b := holding.Get().(*[]byte)
	if int64(len(*b)) < size {
		*b = make([]byte, size)
	}
	return b
}

// drop gives the buffer back. Of a part that was not sent it may still be read.
func (p *piece) drop() {
	if p.held != nil {
		holding.Put(p.held)
	}
}

// read reads the source part by part. What is there already is compared, what is
// not goes to send.
func (u *upload) read(ctx context.Context, send func(*piece) error) error {
	if u.from == len(u.tags) {
		return nil
	}
	source, err := u.t.read(ctx, int64(u.from)*u.size)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	r := u.t.paced(ctx, source)
	for n := u.from + 1; n <= len(u.tags); n++ {
		p, err := u.piece(n, r)
		if err != nil {
			return err
		}
		if tag := u.tags[n-1]; tag != "" {
			if _, err = io.Copy(io.Discard, p.body); err == nil && tag != hex.EncodeToString(p.md5()) {
				err = errStale
			}
			p.drop()
			u.keep(n)
			u.passed()
		} else {
			err = send(p)
		}
		if err != nil {
			return err
		}
	}
	if n, err := io.CopyN(io.Discard, source, 1); n > 0 || !errors.Is(err, io.EOF) { // to its end, where it is looked at again
		return errors.Join(ErrChanged, err)
	}
	return nil
}

// piece reads the next part, or has it read while it is sent if it is too big to be
// held.
func (u *upload) piece(n int, r io.Reader) (*piece, error) {
	sum := md5.New() //nolint:gosec // as above
	r = io.TeeReader(io.LimitReader(r, u.length(n)), io.MultiWriter(u.hash, sum))
	p := &piece{n: n, body: r, md5: func() []byte { return sum.Sum(nil) }}
	if u.size > maxHeld {
		return p, nil
	}
	p.held = hold(u.length(n))
	data := (*p.held)[:u.length(n)]
	_, err := io.ReadFull(r, data)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = ErrChanged
	}
	if err != nil {
		p.drop()
		return nil, err
	}
	p.body = bytes.NewReader(data)
	u.keep(n)
	return p, nil
}

// put sends a part; the server compares it with its checksum, or we its tag.
func (u *upload) put(ctx context.Context, p *piece) error {
	options := minio.PutObjectPartOptions{DisableContentSha256: true}
	if p.held != nil {
		options.Md5Base64 = base64.StdEncoding.EncodeToString(p.md5())
	}
	s := u.store
	there, err := s.client.PutObjectPart(ctx, s.name, s.prefix+u.t.Key, u.id, p.n, p.body, u.length(p.n), options)
	if err != nil {
		return unsent(err)
	}
	if p.held == nil {
		u.keep(p.n)
	}
	u.mu.Lock()
	u.tags[p.n-1] = there.ETag
	u.bytes += u.length(p.n)
	u.odd = u.odd || there.ETag != hex.EncodeToString(p.md5())
	u.mu.Unlock()
	u.passed()
	p.drop()
	return nil
}

// keep remembers the hash behind a part.
func (u *upload) keep(n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.state[n] = u.hash.state()
}

// passed tells how far it is: a next attempt goes on behind the last part before
// which none is missing.
func (u *upload) passed() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.t.arrived(u.bytes)
	before := u.noted
	for u.noted < len(u.tags) && u.tags[u.noted] != "" && u.state[u.noted+1] != nil {
		u.noted++
	}
	if u.noted == before {
		return
	}
	u.t.note(resume{At: int64(u.noted) * u.size, Hash: u.state[u.noted], Upload: u.id})
	for ; before < u.noted; before++ {
		delete(u.state, before+1)
	}
}

// wholeTag is the tag that the complete object has on most servers: the MD5 of
// those of its parts.
func (u *upload) wholeTag() string {
	var all []byte
	for _, tag := range u.tags {
		one, err := hex.DecodeString(tag)
		if err != nil || len(one) != md5.Size || u.odd {
			return ""
		}
		all = append(all, one...)
	}
	whole := md5.Sum(all) //nolint:gosec // as above
	return fmt.Sprintf("%x-%d", whole, len(u.tags))
}

func (u *upload) release() {}
