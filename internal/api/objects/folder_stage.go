package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
)

// stage implements Store: a file beside the others is written, read back, and
// kept open until it is published.
func (s *folder) stage(ctx context.Context, t *Transfer) (*Staged, error) {
	if staged, err := s.there(ctx, t); staged != nil || err != nil {
		return staged, err
	}
	p, err := s.openPart(t.Key)
	if err != nil {
		return nil, err
	}
	sum, err := p.receive(ctx, t)
	if errors.Is(err, ErrFull) { // others have use for the room
		err = errors.Join(err, s.remove(p.name))
	}
	if err != nil {
		p.release()
		return nil, err
	}
	return &Staged{Object: Object{Key: t.Key, Size: p.size}, Sum: sum, to: s, held: p}, nil
}

// there looks whether the object has arrived already, as it should be.
func (s *folder) there(ctx context.Context, t *Transfer) (*Staged, error) {
	o, err := s.Stat(ctx, t.Key)
	if errors.Is(err, ErrNotFound) || err == nil && o.Size != t.Source.Size {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sum, err := readSum(ctx, s, o)
	if err != nil {
		return nil, elseNil(err, ErrChanged, ErrNotFound)
	}
	wanted, err := t.wanted(ctx)
	if err != nil {
		return nil, err
	}
	if sum != wanted {
		return nil, nil
	}
	t.arrived(o.Size)
	return &Staged{Object: o, Sum: sum, to: s}, nil
}

// receive makes the file what the source is.
func (p *part) receive(ctx context.Context, t *Transfer) (Sum, error) {
	carried := p.size > 0
	sum, err := p.fill(ctx, t)
	if errors.Is(err, ErrCorrupt) && carried { // what an earlier attempt left was not good
		if err := p.cut(0); err != nil {
			return "", err
		}
		return p.fill(ctx, t)
	}
	return sum, err
}

// fill carries on at the end of the file, and compares all of it with the source.
func (p *part) fill(ctx context.Context, t *Transfer) (Sum, error) {
	from, hash := min(p.size, t.Source.Size), newChain()
	if t.Sum == "" { // the source is hashed as well: only what its hash is known of need not be read again
		from, hash = readChain(t.Resume, from)
	}
	if err := p.cut(from); err != nil {
		return "", err
	}
	t.arrived(from)
	if err := p.copy(ctx, t, hash); err != nil {
		return "", err
	}
	wanted := t.Sum
	if wanted == "" {
		wanted = hash.sum()
	}
	sum, err := p.sum(ctx)
	if err == nil && sum != wanted {
		err = fmt.Errorf("%w: the sum is %s and not %s", ErrCorrupt, sum, wanted)
	}
	return sum, err
}

// copy appends what is missing: from file to file the system does it.
func (p *part) copy(ctx context.Context, t *Transfer, hash *chain) error {
	if p.size > 0 && p.size == t.Source.Size {
		return nil
	}
	if left := t.Source.Size - p.size; left > chunk {
		if err := reserve(p.file, p.size, left); err != nil {
			return writeFault(err)
		}
	}
	r, err := t.read(ctx, p.size)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	file, ok := r.(*fileReader)
	switch {
	case ok && t.Sum != "":
		err = p.clone(ctx, t, file)
	case t.Sum != "":
		err = p.take(ctx, t.paced(ctx, r), t.told(nil))
	default:
		err = p.take(ctx, io.TeeReader(t.paced(ctx, r), hash), t.told(hash))
	}
	if err == nil && p.size != t.Source.Size {
		err = ErrChanged
	}
	return err
}

// clone copies from file to file.
func (p *part) clone(ctx context.Context, t *Transfer, from *fileReader) error {
	for p.size < t.Source.Size {
		n := min(t.Source.Size-p.size, chunk)
		n, err := t.pace(ctx, n)
		if err != nil {
			return err
		}
		done, err := io.CopyN(p.file, from.file, n)
		p.size += done
		if errors.Is(err, io.EOF) { // cut short
			return ErrChanged
		}
		if err != nil {
			return writeFault(err)
		}
		if done >= chunk {
			beginSync(p.file, p.size-done, done)
		}
		t.arrived(p.size)
	}
	return from.unchanged()
}

// fewSyncs is how many files are made durable one by one; for more it is cheaper
// to have the whole file system written.
const fewSyncs = 3

// publish implements Store: first the contents are durable, then the names, with
// one sync for all.
func (s *folder) publish(ctx context.Context, staged []*Staged) error {
	if err := s.syncFiles(ctx, staged); err != nil {
		return err
	}
	var dirs []string
	for _, it := range staged {
		made, err := s.place(it)
		if err != nil {
			return err
		}
		for _, dir := range made {
			if !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	for _, dir := range dirs {
		if err := s.syncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// syncFiles makes contents durable, also of what arrived in an earlier attempt that
// may have been cut off before.
func (s *folder) syncFiles(ctx context.Context, staged []*Staged) error {
	if len(staged) > fewSyncs {
		dir, err := s.root.Open(".")
		if err != nil {
			return writeFault(err)
		}
		defer func() { _ = dir.Close() }()
		if err := syncAll(dir); !errors.Is(err, errors.ErrUnsupported) {
			return writeFault(err)
		}
	}
	for _, it := range staged {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.syncFile(it); err != nil {
			return writeFault(err)
		}
	}
	return nil
}

func (s *folder) syncFile(it *Staged) error {
	if p, ok := it.held.(*part); ok && p.file != nil {
		return p.file.Sync()
	}
	f, err := s.root.OpenFile(it.Object.Key, os.O_RDONLY|nonblocking, 0)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return f.Sync()
}

// place gives a file its name, and returns the folders that changed by that.
func (s *folder) place(it *Staged) (dirs []string, err error) {
	dir := path.Dir(it.Object.Key)
	if p, ok := it.held.(*part); ok && p.file != nil {
		err = s.root.Rename(p.name, it.Object.Key)
		if errors.Is(err, os.ErrNotExist) {
			if err = s.root.MkdirAll(dir, 0o700); err == nil {
				err = s.root.Rename(p.name, it.Object.Key)
			}
			for above := dir; above != "."; above = path.Dir(above) {
				dirs = append(dirs, path.Dir(above))
			}
		}
		if err != nil {
			return nil, writeFault(err)
		}
		fi, err := p.file.Stat()
		if err != nil {
			return nil, fileFault(err)
		}
		it.Object = objectOf(it.Object.Key, fi)
		p.release()
	}
	return append(dirs, dir), nil
}

func (s *folder) syncDir(name string) error {
	dir, err := s.root.Open(name)
	if err != nil {
		return writeFault(err)
	}
	defer func() { _ = dir.Close() }()
	return writeFault(dir.Sync())
}

// abandon implements Store.
func (s *folder) abandon(_ context.Context, t *Transfer) error { return s.remove(partName(t.Key)) }
