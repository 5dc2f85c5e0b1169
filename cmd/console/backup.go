package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// toStdout is the name of standard output, or input, where a file is expected.
const toStdout = "-"

// backUp writes everything in the database into a file, while servers use it.
func (p *program) backUp(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	names, err := p.parse(flags, args, "FILE")
	if err != nil {
		return err
	}
	if err := w.mustExist(); err != nil {
		return err
	}
	all, err := p.open(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	if _, err := all.Identity.Account(ctx); api.CodeOf(err) == api.NotFound {
		return errors.New("there is nothing to back up: no server ever used this database")
	} else if err != nil {
		return err
	}
	if names[0] == toStdout {
		_, err := all.DB.Dump(ctx, p.stdout, all.Version)
		return err
	}
	return p.backUpTo(ctx, all, names[0])
}

// mustExist refuses a SQLite file that is not there, which opening would make.
func (w *where) mustExist() error {
	if w.database != "" {
		return nil
	}
	path := filepath.Join(w.data, databaseFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database at %s: name its folder with --data, or its URL with --database", path)
	}
	return nil
}

// backUpTo writes a file that is there as a whole, on the disk, or not at all. One
// that is there already is left alone.
func (p *program) backUpTo(ctx context.Context, all *parts, name string) error {
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) { //nolint:gosec // the operator names the file
		return fmt.Errorf("%s is there already: name a new file", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+"-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	taken, err := all.DB.Dump(ctx, f, all.Version)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), name); err != nil { // never replaces a file
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %d rows, schema %d, keys %s, sha256 %s\n", name, taken.Total(), taken.Schema, keyOf(taken.Header), taken.SHA256)
	return err
}

// keyOf is the id of the key that a backup's secrets were sealed with.
func keyOf(h store.Header) string {
	id, _, _ := strings.Cut(h.Proof, ".")
	return id
}

// opened is a backup's file, or standard input; the caller closes.
func (p *program) opened(name string) (io.ReadCloser, error) {
	if name == toStdout {
		return io.NopCloser(p.stdin), nil
	}
	return os.Open(name) //nolint:gosec // the operator's own file
}
