package objects

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"time"
)

// folder keeps objects as files below a directory. Symbolic links are no objects,
// and os.Root does not follow those that lead out.
type folder struct {
	root *os.Root
	last atomic.Pointer[names] // of the directory that was listed last
}

func openFolder(name string) (*folder, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrNoStore, words(err))
	}
	return &folder{root: root}, nil
}

func objectOf(key string, fi os.FileInfo) Object {
	return Object{Key: key, Size: fi.Size(), Modified: fi.ModTime().Truncate(time.Microsecond).UTC(), Tag: tagOf(fi)}
}

// find looks for a file. What is behind a symbolic link is none.
func (s *folder) find(key string) (os.FileInfo, error) {
	if err := look(key); err != nil {
		return nil, err
	}
	fi, err := s.root.Lstat(key)
	if !errors.Is(err, fs.ErrNotExist) {
		err = cmp.Or(s.real(folderOf(key)), err)
	}
	if err == nil && !fi.Mode().IsRegular() {
		err = fmt.Errorf("%w: it is no file", ErrNotFound)
	}
	return fi, fileFault(err)
}

// Stat implements Store.
func (s *folder) Stat(_ context.Context, key string) (Object, error) {
	fi, err := s.find(key)
	if err != nil {
		return Object{}, err
	}
	return objectOf(key, fi), nil
}

// Open implements Store.
func (s *folder) Open(ctx context.Context, o Object, offset, n int64) (io.ReadCloser, error) {
	found, err := s.find(o.Key)
	if err != nil {
		return nil, err
	}
	f, err := s.root.OpenFile(o.Key, os.O_RDONLY|nonblocking, 0)
	if err != nil {
		return nil, fileFault(err)
	}
	fi, err := f.Stat()
	switch {
	case err != nil:
		err = fileFault(err)
	case !os.SameFile(fi, found), o.Tag != "" && o.Tag != tagOf(fi):
		err = ErrChanged
	default:
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r := &fileReader{ctx: ctx, file: f, tag: o.Tag, left: max(fi.Size()-offset, 0)}
	if n >= 0 {
		r.left = min(r.left, n)
	}
	return r, nil
}

// fileReader reads a part of a file that is to stay as it is.
type fileReader struct {
	ctx  context.Context //nolint:containedctx // a reader is bound to whoever opened it
	file *os.File
	tag  string
	left int64
}

// Read withholds the last bytes of a file that has changed meanwhile.
func (r *fileReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if r.left <= 0 {
		return 0, io.EOF
	}
	n, err := r.file.Read(p[:min(int64(len(p)), r.left)])
	if r.left -= int64(n); r.left > 0 && err == nil {
		return n, nil
	}
	if changed := r.unchanged(); changed != nil {
		return 0, changed
	}
	if errors.Is(err, io.EOF) && r.left > 0 { // cut short
		return n, ErrChanged
	}
	return n, fileFault(err)
}

// unchanged compares the file with what was asked for.
func (r *fileReader) unchanged() error {
	if r.tag == "" {
		return nil
	}
	fi, err := r.file.Stat()
	if err == nil && r.tag != tagOf(fi) {
		return ErrChanged
	}
	return fileFault(err)
}

func (r *fileReader) Close() error { return r.file.Close() }

// Write implements Store.
func (s *folder) Write(ctx context.Context, key string, r io.Reader) (Object, Sum, error) {
	if err := look(key); err != nil {
		return Object{}, "", err
	}
	p, err := s.openPart(key)
	if err != nil {
		return Object{}, "", err
	}
	defer p.release()
	sum, err := p.write(ctx, r)
	if err != nil {
		return Object{}, "", errors.Join(err, s.remove(p.name))
	}
	staged := &Staged{Object: Object{Key: key}, to: s, held: p}
	if err := s.publish(ctx, []*Staged{staged}); err != nil {
		return Object{}, "", err
	}
	return staged.Object, sum, nil
}

// write makes the file what r has.
func (p *part) write(ctx context.Context, r io.Reader) (Sum, error) {
	if err := p.cut(0); err != nil {
		return "", err
	}
	sum := newChain()
	err := p.take(ctx, io.TeeReader(r, sum), func(int64) {})
	return sum.sum(), err
}

// Delete implements Store, and removes what is left of a Write or a copy.
func (s *folder) Delete(_ context.Context, key string) error {
	if err := look(key); err != nil {
		return nil //nolint:nilerr // there is no such object
	}
	if err := s.remove(partName(key)); err != nil {
		return err
	}
	fi, err := s.root.Lstat(key)
	if err == nil && !fi.Mode().IsRegular() {
		return nil
	}
	return s.remove(key)
}

func (s *folder) remove(name string) error {
	if err := fileFault(s.root.Remove(name)); !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}
