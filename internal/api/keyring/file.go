package keyring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// FileName is the key file in the data folder.
const FileName = "keys"

const header = "# Keys of Switchboard's secrets. The first seals, all open. Back this file up apart from the database.\n"

// Load returns the ring in env if that is set (the text of a key file), else
// the one in the folder's key file, which it creates on first use for its
// owner alone.
func Load(folder, env string) (*Ring, error) {
	if env != "" {
		ring, err := Parse(env)
		if err != nil {
			return nil, fmt.Errorf("the key given by environment: %w", err)
		}
		return ring, nil
	}
	path := filepath.Join(folder, FileName)
	keys, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, err
		}
		keys, err = read(path)
	}
	if err != nil {
		return nil, err
	}
	return &Ring{path: path, keys: keys}, nil
}

func read(path string) ([]key, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator's own folder
	if err != nil {
		return nil, err
	}
	keys, err := parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return keys, nil
}

// reload reads the file again, if there is one and it can be read.
func (r *Ring) reload() {
	if r.path == "" {
		return
	}
	if keys, err := read(r.path); err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.keys = keys
	}
}

// create writes a new key file. Two processes may start at once: a link never
// replaces a file, so the first one wins and both read the same key.
func create(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), FileName+"-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := fill(f, header+NewKey()+"\n"); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(path)
}

// Rotate puts a new key in front of the folder's key file. Rows sealed with
// the older keys stay readable until they are sealed again. The new file is
// also the lock: of two rotations at once one is refused, or the key of one
// would be lost together with all it sealed.
func Rotate(folder string) error {
	path := filepath.Join(folder, FileName)
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's own folder
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("another rotation is under way; if not, remove %s, which one left behind", next)
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator's own folder
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(next))
	}
	if err := fill(f, header+NewKey()+"\n"+strings.TrimPrefix(string(text), header)); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	if err := os.Rename(next, path); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return syncFolder(path)
}

// fill writes text and makes sure that it is on the disk.
func fill(f *os.File, text string) error {
	_, err := f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFolder makes sure that the name of the file is on the disk, too: what a
// lost key sealed is lost.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
