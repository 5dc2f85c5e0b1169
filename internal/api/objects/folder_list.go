package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// List implements Store. Folders are read in the order of keys, and only those in
// which there can be something that is asked for.
func (s *folder) List(ctx context.Context, prefix, after string, limit int) ([]Object, error) {
	return s.ListPassing(ctx, prefix, after, limit, nil)
}

// ListPassing implements Store.
func (s *folder) ListPassing(ctx context.Context, prefix, after string, limit int, passed func(key string, valid bool)) ([]Object, error) {
	w := &walk{store: s, prefix: prefix, after: after, limit: limit}
	w.tell.passed = passed
	if limit <= 0 {
		return nil, nil
	}
	dir := folderOf(prefix)
	if err := s.real(dir); errors.Is(err, ErrNotFound) {
		return s.empty()
	} else if err != nil {
		return nil, err
	}
	if err := w.below(ctx, dir); err != nil {
		return nil, err
	}
	if len(w.found) == 0 {
		w.tell.found()
	}
	return w.found, nil
}

// Children implements Store.
func (s *folder) Children(ctx context.Context, folder, after string, limit int) ([]Object, error) {
	if folder != "" && !strings.HasSuffix(folder, "/") {
		folder += "/"
	}
	if err := s.real(folder); errors.Is(err, ErrNotFound) {
		return s.empty()
	} else if err != nil {
		return nil, err
	}
	w := &walk{store: s, prefix: folder, after: after, limit: limit, flat: true}
	if limit <= 0 {
		return nil, nil
	}
	if err := w.below(ctx, folder); err != nil {
		return nil, err
	}
	return w.found, nil
}

// real refuses a folder that is reached by a symbolic link, or that is none.
func (s *folder) real(dir string) error {
	dir = strings.TrimSuffix(dir, "/")
	if dir == "" {
		return nil
	}
	if err := look(dir); err != nil {
		return err
	}
	for i := range dir + "/" {
		if i < len(dir) && dir[i] != '/' {
			continue
		}
		fi, err := s.root.Lstat(dir[:i])
		if err != nil {
			return fileFault(err)
		}
		if !fi.IsDir() {
			return fmt.Errorf("%w: it is no folder", ErrNotFound)
		}
	}
	return nil
}

// empty is the list of a folder that is not there, if the store is.
func (s *folder) empty() ([]Object, error) {
	_, err := s.root.Lstat(".")
	return nil, writeFault(err)
}

// walk is a list on its way.
type walk struct {
	store         *folder
	prefix, after string
	limit         int
	flat          bool // folders are listed and not entered
	found         []Object
	tell          passing
}

// below adds what is in a folder, "" or with a slash at its end.
func (w *walk) below(ctx context.Context, dir string) error {
	keys, err := w.store.keysIn(ctx, dir)
	if err != nil {
		return err
	}
	at, found := slices.BinarySearch(keys, w.after)
	if found {
		at++
	}
	if at > 0 && !w.flat && strings.HasSuffix(keys[at-1], "/") && strings.HasPrefix(w.after, keys[at-1]) {
		at-- // what comes after it may be in there
	}
	if first, _ := slices.BinarySearch(keys, w.prefix); len(w.prefix) > len(dir) {
		at = max(at, first)
	}
	for _, key := range keys[at:] {
		if !strings.HasPrefix(key, w.prefix) {
			return nil
		}
		if err := w.add(ctx, key); err != nil || len(w.found) >= w.limit {
			return err
		}
	}
	return nil
}

// add adds an object, or those in a folder.
func (w *walk) add(ctx context.Context, key string) error {
	if key, isPassed := strings.CutSuffix(key, passedMark); isPassed {
		w.tell.pass(key)
		return nil
	}
	if strings.HasSuffix(key, "/") {
		if w.flat {
			w.found = append(w.found, Object{Key: key})
			return nil
		}
		return w.below(ctx, key)
	}
	fi, err := w.store.root.Lstat(key)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !fi.Mode().IsRegular() { // gone meanwhile
		return nil
	}
	if err != nil {
		return fileFault(err)
	}
	w.tell.found()
	w.found = append(w.found, objectOf(key, fi))
	return nil
}

// names is what a directory has: the keys in it, sorted, while it does not change.
type names struct {
	dir, tag string
	keys     []string
}

// Names are kept of directories that have many, and that have not changed for a
// while: their time is not as fine as changes can be.
const (
	manyNames = 512
	settled   = 2 * time.Second
)

// keysIn returns the keys in a folder, sorted: of objects, and with a slash at their
// end of folders, and of what is no object with passedMark. Those of a large directory are kept, because it is usually its next
// page that is asked for.
func (s *folder) keysIn(ctx context.Context, dir string) ([]string, error) {
	f, err := s.root.Open("./" + dir)
	if err != nil {
		if err = fileFault(err); errors.Is(err, ErrNotFound) && dir != "" { // gone meanwhile
			return nil, nil
		}
		return nil, writeFault(err)
	}
	defer func() { _ = f.Close() }()
	fi, err := f.Stat()
	if err != nil {
		return nil, fileFault(err)
	}
	tag := tagOf(fi)
	if last := s.last.Load(); last != nil && last.dir == dir && last.tag == tag {
		return last.keys, nil
	}
	keys, err := readKeys(ctx, f, dir)
	if err == nil && len(keys) > manyNames && time.Since(fi.ModTime()) > settled {
		s.last.Store(&names{dir, tag, keys})
	}
	return keys, err
}

func readKeys(ctx context.Context, f *os.File, dir string) ([]string, error) {
	var keys []string
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		entries, err := f.ReadDir(1024)
		for _, e := range entries {
			if key := keyOf(dir, e); key != "" {
				keys = append(keys, key)
			}
		}
		if errors.Is(err, io.EOF) {
			slices.Sort(keys)
			return keys, nil
		}
		if err != nil {
			return nil, fileFault(err)
		}
	}
}

// passedMark ends the names of entries that are no objects: no name has it.
const passedMark = "\x00"

// keyOf is the key of a directory's entry, marked if it is no object, or empty if
// it is not to be seen.
func keyOf(dir string, e fs.DirEntry) string {
	switch {
	case !utf8.ValidString(e.Name()):
		return dir + e.Name() + passedMark
	case e.IsDir():
		if key := dir + e.Name() + "/"; !hidden(key) {
			return key
		}
	case e.Type().IsRegular():
		return dir + e.Name()
	default:
		return dir + e.Name() + passedMark
	}
	return ""
}
