package embedded

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
)

// listPage is how many objects of a folder are listed at a time; what a checkpoint
// takes does not depend on how many there are.
const listPage = 500

// errFolderEmpty is a folder without anything in it.
var errFolderEmpty = errors.New("embedded: the folder holds nothing")

// backupKey is where a backup of a project is kept.
func backupKey(project, id string) string {
	return api.ReservedPrefix + "backups/" + project + "/" + id
}

// content opens what a backup of a path holds: an object as it is, or a folder as
// an archive. m is told how many bytes that will be, as far as it is known.
func (d *protecting) content(ctx context.Context, at string, m *making) (content io.ReadCloser, archived bool, err error) {
	object, err := d.store.Stat(ctx, at)
	if err == nil {
		if err := m.left.passFolder(ctx, d.store, at); err != nil {
			return nil, false, err
		}
		m.known.Store(object.Size)
		content, err = d.store.Open(ctx, object, 0, -1)
		return content, false, err
	}
	if !errors.Is(err, objects.ErrNotFound) {
		return nil, false, err
	}
	r, w := io.Pipe()
	a := &archive{store: d.store, folder: at, making: m, out: tar.NewWriter(w)}
	go func() { _ = w.CloseWithError(a.write(ctx)) }()
	return r, true, nil
}

// archive is a folder of a store that becomes a tar: its objects in the order of
// their keys, named from the folder, so that the same folder is the same archive.
type archive struct {
	store  objects.Store
	folder string
	making *making
	out    *tar.Writer
}

func (a *archive) write(ctx context.Context) error {
	prefix, some := under(a.folder), false
	for after := ""; ; {
		page, err := a.store.ListPassing(ctx, prefix, after, listPage, a.making.left.pass)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].Key
		page = resourceObjects(page)
		for i := range page {
			a.making.known.Add(archivedSize(page[i].Size))
		}
		for i := range page {
			if err := a.add(ctx, &page[i], page[i].Key[len(prefix):]); err != nil {
				return fmt.Errorf("%s: %w", page[i].Key, err)
			}
		}
		some = some || len(page) > 0
	}
	if some {
		return a.out.Close()
	}
	return whyNothing(ctx, a.store, a.folder)
}

// whyNothing tells a folder that holds nothing from one that is not there, where the
// store does.
func whyNothing(ctx context.Context, s objects.Store, folder string) error {
	in := path.Dir(folder)
	if in == "." {
		in = ""
	}
	// What comes first after all names that go on where the folder's ends with less
	// than a slash.
	next, err := s.Children(ctx, in, folder+"."+string(unicode.MaxRune), 1)
	switch {
	case err != nil:
		return err
	case folder == "" || len(next) > 0 && next[0].Key == under(folder):
		return errFolderEmpty
	}
	return fmt.Errorf("%w: %s", objects.ErrNotFound, folder)
}

// add puts an object into the archive, as it was when it was listed.
func (a *archive) add(ctx context.Context, o *objects.Object, name string) error {
	content, err := a.store.Open(ctx, *o, 0, -1)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	const readable = 0o644
	err = a.out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: o.Size, Mode: readable, ModTime: o.Modified})
	if err != nil {
		return err
	}
	n, err := io.Copy(a.out, content)
	if errors.Is(err, tar.ErrWriteTooLong) || err == nil && n < o.Size {
		return objects.ErrChanged
	}
	return err
}

// archivedSize is what an object takes in an archive, at least: its header and its
// content, in whole blocks.
func archivedSize(size int64) int64 {
	const block = 512
	return block + (size+block-1)/block*block
}

// under is what the keys of all objects in a folder begin with.
func under(folder string) string {
	if folder == "" {
		return ""
	}
	return folder + "/"
}

// resourceObjects leaves out what is no resource: our own, and the markers that some
// programs make for empty folders.
func resourceObjects(found []objects.Object) []objects.Object {
	kept := found[:0]
	for _, o := range found {
		if !strings.HasPrefix(o.Key, api.ReservedPrefix) && !strings.HasSuffix(o.Key, "/") && path.Base(o.Key) != "" {
			kept = append(kept, o)
		}
	}
	return kept
}
