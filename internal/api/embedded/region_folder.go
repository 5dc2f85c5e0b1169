package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
)

// ownerOnly are the permissions of folders that are made for objects.
const ownerOnly = 0o700

var (
	// errOutside is a folder that is in none of those that regions may be in.
	errOutside = errors.New("embedded: the folder is not in one that regions may be in")
	// errLink is a folder that a symbolic link leads to: it could be another region's.
	errLink = errors.New("embedded: a symbolic link leads to the folder")
)

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

// openFolder opens a region's folder, from the one that regions may be in, part by
// part: whatever becomes of the path meanwhile, no link is followed.
func (p *Plane) openFolder(folder string) (opened *os.Root, err error) {
	err = p.inFolder(folder, func(root *os.Root, below string) error {
		at := root
		for part := range strings.SplitSeq(below, string(filepath.Separator)) {
			next, err := openPart(at, part)
			if at != root {
				_ = at.Close()
			}
			if err != nil {
				return err
			}
			at = next
		}
		opened = at
		return nil
	})
	switch {
	case errors.Is(err, fs.ErrPermission):
		err = fmt.Errorf("%w: %w", objects.ErrDenied, err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errLink):
		err = fmt.Errorf("%w: %w", objects.ErrNoStore, err)
	}
	return opened, err
}

// openFolderStore opens where the objects of a region in a folder are, and says which
// folder that is.
func (p *Plane) openFolderStore(folder string) (objects.Store, os.FileInfo, error) {
	root, err := p.openFolder(folder)
	if err != nil {
		return nil, nil, err
	}
	info, err := root.Stat(".")
	if err != nil {
		_ = root.Close()
		return nil, nil, fmt.Errorf("%w: %w", objects.ErrNoStore, err)
	}
	return objects.OpenRoot(root), info, nil
}

// openPart opens what is directly in a folder, if it is a folder itself.
func openPart(at *os.Root, part string) (*os.Root, error) {
	seen, err := at.Lstat(part)
	switch {
	case err != nil:
		return nil, err
	case seen.Mode()&fs.ModeSymlink != 0:
		return nil, errLink
	case !seen.IsDir():
		return nil, fmt.Errorf("%w: it is no folder", objects.ErrNoStore)
	}
	next, err := at.OpenRoot(part)
	if err != nil {
		return nil, err
	}
	if is, err := next.Stat("."); err != nil || !os.SameFile(seen, is) {
		_ = next.Close()
		return nil, errLink
	}
	return next, nil
}

// makeFolder makes a region's folder, if it is not there.
func (p *Plane) makeFolder(folder string) error {
	return p.inFolder(folder, func(root *os.Root, below string) error { return root.MkdirAll(below, ownerOnly) })
}

// folderProblem judges where the folder of a draft is.
func (p *Plane) folderProblem(d *api.RegionDraft) api.Message {
	if d.Kind != api.StoreFolder || d.Folder == "" {
		return api.Message{}
	}
	if len(p.options.Folders) == 0 {
		return api.M("region.folder_none")
	}
	for _, allowed := range p.options.Folders {
		below, err := filepath.Rel(allowed, d.Folder)
		if err != nil || below == "." || !filepath.IsLocal(below) {
			continue
		}
		if opened, err := p.openFolder(d.Folder); errors.Is(err, errLink) {
			return api.M("region.folder_link")
		} else if err == nil {
			_ = opened.Close()
		}
		return api.Message{}
	}
	return api.M("region.folder_outside", "folders", strings.Join(p.options.Folders, ", "))
}

// sameFolder reports whether one of two folders is the other, or lies in it, by
// whatever paths they are known. What is not there is judged by what is above it.
func sameFolder(a, b string) bool { return liesIn(a, b) || liesIn(b, a) }

func liesIn(folder, in string) bool {
	outer, err := os.Stat(in)
	if err != nil {
		return false
	}
	for {
		if at, err := os.Stat(folder); err == nil && os.SameFile(at, outer) {
			return true
		}
		above := filepath.Dir(folder)
		if above == folder {
			return false
		}
		folder = above
	}
}
