package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"switchboard/internal/api/objects"
)

// ownerOnly are the permissions of folders that are made for objects.
const ownerOnly = 0o700

// errOutside is a folder that is in none of those that regions may be in.
var errOutside = errors.New("embedded: the folder is not in one that regions may be in")

// inFolder calls f with the folder that regions may be in and the path of one of
// them below it.
func (p *Plane) inFolder(folder string, f func(root *os.Root, below string) error) error {
	for _, allowed := range p.options.Folders {
		below, err := filepath.Rel(allowed, folder)
		if err != nil || !filepath.IsLocal(below) {
			continue
		}
		root, err := os.OpenRoot(allowed)
		if err != nil {
			return fmt.Errorf("%w: %w", objects.ErrNoStore, err)
		}
		defer func() { _ = root.Close() }()
		return f(root, below)
	}
	return errOutside
}

// lookAtFolder says which folder a region's is. What leads out of the folder that
// regions may be in is none.
func (p *Plane) lookAtFolder(folder string) (info os.FileInfo, err error) {
	err = p.inFolder(folder, func(root *os.Root, below string) (err error) {
		info, err = root.Stat(below)
		switch {
		case errors.Is(err, fs.ErrPermission):
			return fmt.Errorf("%w: %w", objects.ErrDenied, err)
		case err != nil:
			return fmt.Errorf("%w: %w", objects.ErrNoStore, err)
		case !info.IsDir():
			return fmt.Errorf("%w: it is no folder", objects.ErrNoStore)
		}
		return nil
	})
	return info, err
}

// makeFolder makes a region's folder, if it is not there.
func (p *Plane) makeFolder(folder string) error {
	return p.inFolder(folder, func(root *os.Root, below string) error { return root.MkdirAll(below, ownerOnly) })
}
