package objects

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"sync"
)

// How much is copied and hashed at a time: between two of them a copy can be
// stopped, slowed down and watched.
const (
	chunk  = 4 << 20
	buffer = 128 << 10
)

var buffers = sync.Pool{New: func() any { return new([buffer]byte) }}

// part is a file that is on its way into a folder. Whoever has it is the only one:
// until it is where it belongs nobody else writes it.
type part struct {
	store *folder
	file  *os.File
	name  string
	size  int64
}

// partName is where an object is on its way: found again by who carries on.
func partName(key string) string {
	sum := sha256.Sum256([]byte(key))
	return staging + hex.EncodeToString(sum[:16])
}

func (s *folder) openPart(key string) (*part, error) {
	name := partName(key)
	for range 16 {
		f, err := s.create(name)
		if err != nil {
			return nil, writeFault(err)
		}
		free, err := lock(f)
		if err != nil {
			return nil, errors.Join(fileFault(err), f.Close())
		}
		if !free {
			_ = f.Close()
			return nil, fmt.Errorf("%w: somebody else is writing the same object", ErrUnreachable)
		}
		size, same := s.same(f, name)
		if same {
			return &part{store: s, file: f, name: name, size: size}, nil
		}
		unlock(f)
		_ = f.Close() // the one that had it put it in its place meanwhile
	}
	return nil, fmt.Errorf("%w: others are writing the same object", ErrUnreachable)
}

// create opens a file for writing, and the folders above it if there are none.
func (s *folder) create(name string) (*os.File, error) {
	f, err := s.root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if !errors.Is(err, os.ErrNotExist) {
		return f, err
	}
	if err := s.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return nil, err
	}
	return s.root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
}

// same reports whether an open file is the one with that name, and its size.
func (s *folder) same(f *os.File, name string) (int64, bool) {
	open, err := f.Stat()
	if err != nil {
		return 0, false
	}
	named, err := s.root.Lstat(name)
	return open.Size(), err == nil && os.SameFile(open, named)
}

// cut shortens the file and goes to its end.
func (p *part) cut(size int64) error {
	if p.size != size {
		if err := p.file.Truncate(size); err != nil {
			return writeFault(err)
		}
		p.size = size
	}
	_, err := p.file.Seek(size, io.SeekStart)
	return writeFault(err)
}

// take appends what r has, and tells after each chunk how much is there.
func (p *part) take(ctx context.Context, r io.Reader, told func(size int64)) error {
	b := buffers.Get().(*[buffer]byte)
	defer buffers.Put(b)
	for since := p.size; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(b[:])
		if n > 0 {
			if _, err := p.file.Write(b[:n]); err != nil {
				return writeFault(err)
			}
			p.size += int64(n)
		}
		if p.size-since >= chunk {
			beginSync(p.file, since, p.size-since)
			told(p.size)
			since = p.size
		}
		if err == nil {
			continue
		}
		if told(p.size); errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
}

// sum reads back what arrived.
func (p *part) sum(ctx context.Context) (Sum, error) {
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return "", fileFault(err)
	}
	return sumOf(ctx, p.file)
}

// sumOf hashes what r has.
func sumOf(ctx context.Context, r io.Reader) (Sum, error) {
	b := buffers.Get().(*[buffer]byte)
	defer buffers.Put(b)
	hash := sha256.New()
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := r.Read(b[:])
		hash.Write(b[:n])
		switch {
		case errors.Is(err, io.EOF):
			return Sum(hex.EncodeToString(hash.Sum(nil))), nil
		case err != nil:
			return "", fileFault(err)
		}
	}
}

// release lets others have it; what was written stays, to be carried on.
func (p *part) release() {
	if p.file != nil {
		unlock(p.file)
		_ = p.file.Close()
		p.file = nil
	}
}
