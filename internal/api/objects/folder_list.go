package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// List implements Store. Folders are read in the order of keys, and only those in
// which there can be something that is asked for.
func (s *folder) List(ctx context.Context, prefix, after string, limit int) ([]Object, error) {
	w := &walk{store: s, prefix: prefix, after: after, limit: limit}
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
}

// below adds what is in a folder, "" or with a slash at its end.
func (w *walk) below(ctx context.Context, dir string) error {
	for seen := ""; ; {
		keys, err := w.keys(ctx, dir, seen)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if err := w.add(ctx, key); err != nil || len(w.found) >= w.limit {
				return err
			}
		}
		if len(keys) < w.limit {
			return nil
		}
		seen = keys[len(keys)-1]
	}
}

// add adds an object, or those in a folder.
func (w *walk) add(ctx context.Context, key string) error {
	if strings.HasSuffix(key, "/") {
		if w.flat {
			w.found = append(w.found, Object{Key: key})
			return nil
		}
		return w.below(ctx, key)
	}
	o, err := w.store.Stat(ctx, key)
	if errors.Is(err, ErrNotFound) { // gone meanwhile
		return nil
	}
	w.found = append(w.found, o)
	return err
}

// keys returns the first keys in a folder that are asked for, behind those that
// were seen: no more than limit, sorted.
func (w *walk) keys(ctx context.Context, dir, seen string) ([]string, error) {
	name := strings.TrimSuffix(dir, "/")
	if name == "" {
		name = "."
	}
	f, err := w.store.root.Open(name)
	if err != nil {
		if err = fileFault(err); errors.Is(err, ErrNotFound) && dir != "" { // gone meanwhile
			return nil, nil
		}
		return nil, writeFault(err)
	}
	defer func() { _ = f.Close() }()
	var keys []string
	bound := "" // of so many keys there is none behind it that counts
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		entries, err := f.ReadDir(1024)
		for _, e := range entries {
			if key := w.keyOf(dir, e); key != "" && key > seen && w.asked(key) && (bound == "" || key < bound) {
				keys = append(keys, key)
			}
		}
		if len(keys) >= 2*w.limit+1024 {
			slices.Sort(keys)
			keys = keys[:w.limit]
			bound = keys[w.limit-1]
		}
		if err == nil {
			continue
		}
		if !errors.Is(err, io.EOF) {
			return nil, fileFault(err)
		}
		slices.Sort(keys)
		return keys[:min(len(keys), w.limit)], nil
	}
}

// keyOf is the key of a directory's entry, or empty if it is no object.
func (w *walk) keyOf(dir string, e fs.DirEntry) string {
	key := dir + e.Name()
	switch {
	case !valid(key), hidden(key):
		return ""
	case e.IsDir():
		return key + "/"
	case e.Type().IsRegular():
		return key
	}
	return ""
}

// asked reports whether a key is to be listed, or something in it can be.
func (w *walk) asked(key string) bool {
	isFolder := strings.HasSuffix(key, "/")
	if !strings.HasPrefix(key, w.prefix) && !(isFolder && strings.HasPrefix(w.prefix, key)) {
		return false
	}
	return key > w.after || isFolder && !w.flat && strings.HasPrefix(w.after, key)
}
