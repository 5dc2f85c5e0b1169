// Package objects keeps objects: in folders of the machine, and in buckets of
// what speaks the S3 protocol. It lists, reads, writes and copies them; it knows
// nothing of backups.
package objects

import (
	"context"
	"errors"
	"io"
	"time"
)

// Store is a place for objects. Keys are paths with slashes, in UTF-8, without
// empty, "." and ".." parts; those that are not are ErrNotFound. A Store may be
// used by many at the same time. Errors are those below, wrapped with the words of
// the system, or ctx's.
type Store interface {
	// List returns the objects whose keys begin with prefix, in the order of keys,
	// that come after a key; no more than limit. What is being written is not listed.
	List(ctx context.Context, prefix, after string, limit int) ([]Object, error)
	// ListPassing is List, and tells passed what lies among the objects and is none:
	// links and special files, whose keys are valid, and what has no valid key. Who
	// lists page after page to the end is told of each once.
	ListPassing(ctx context.Context, prefix, after string, limit int, passed func(key string, valid bool)) ([]Object, error)
	// Children returns what is directly below a folder, "" for the root, as List
	// does: folders are Objects with a key that ends in a slash, and nothing else.
	Children(ctx context.Context, folder, after string, limit int) ([]Object, error)
	// Stat looks at one object: ErrNotFound.
	Stat(ctx context.Context, key string) (Object, error)
	// Open reads n bytes from an offset, or to the end if n is negative. If the
	// object's tag is not that of o, before or after it was read, that is ErrChanged;
	// an o without a tag is read as it is.
	Open(ctx context.Context, o Object, offset, n int64) (io.ReadCloser, error)
	// Write stores what r has under a key, all or nothing, and returns the object
	// and its sum. Nobody sees it before it is complete, and durable.
	Write(ctx context.Context, key string, r io.Reader) (Object, Sum, error)
	// Delete removes an object; one that is not there is no error.
	Delete(ctx context.Context, key string) error

	// stage takes what a Transfer copies, publish makes it durable and visible, and
	// abandon removes what is left of it.
	stage(ctx context.Context, t *Transfer) (*Staged, error)
	publish(ctx context.Context, staged []*Staged) error
	abandon(ctx context.Context, t *Transfer) error
}

// Object is an object as it is in a store.
type Object struct {
	Key      string
	Size     int64 // bytes
	Modified time.Time
	// Tag is another one when the content is: an ETag, or what a file system knows
	// of a file.
	Tag string
}

// Sum is the SHA-256 of a content in hex, empty if nobody knows it.
type Sum string

// Why a store does not do what it is asked for.
var (
	ErrNotFound    = errors.New("objects: there is no such object")
	ErrChanged     = errors.New("objects: the object changed")
	ErrDenied      = errors.New("objects: the store refuses that")
	ErrFull        = errors.New("objects: the store is full")
	ErrNoStore     = errors.New("objects: there is no such bucket or folder")
	ErrUnreachable = errors.New("objects: the store cannot be reached") // worth another try
	ErrCorrupt     = errors.New("objects: what arrived is not what was sent")
)
