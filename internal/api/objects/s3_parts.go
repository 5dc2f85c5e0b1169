package objects

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"
)

// Sizes of the parts of an upload: an object has at most 10,000, so those of a huge
// one are larger. Those up to maxHeld are held in memory, to be sent at the same
// time and with their checksum before them.
const (
	partSize = 8 << 20
	maxHeld  = 16 << 20
	maxParts = 9_000
)

func partSizeOf(size int64) int64 {
	const step = 1 << 20
	return max(partSize, (size/maxParts/step+1)*step)
}

// upload is an object that arrives in parts.
type upload struct {
	store *bucket
	t     *Transfer
	id    string
	size  int64 // of a part
	from  int   // so many parts need not be read
	hash  *chain

	mu    sync.Mutex
	tags  []string       // of the parts, "" of those that are not there
	bytes int64          // that are there
	noted int            // parts that are there without a gap
	state map[int][]byte // of the hash behind parts that are not noted
	odd   bool           // tags are not of the contents
	tag   string         // that the complete object will have
}

// stageParts begins or carries on an upload.
func (s *bucket) stageParts(ctx context.Context, t *Transfer) (*Staged, error) {
	was := readResume(t.Resume)
	if staged, err := s.there(ctx, t, was); staged != nil || err != nil {
		return staged, err
	}
	u, err := s.resumed(ctx, t, was)
	if err != nil {
		return nil, err
	}
	err = u.send(ctx)
	if errors.Is(err, errStale) { // what an earlier attempt left was not good
		if err = s.abort(ctx, t.Key, u.id); err != nil {
			return nil, err
		}
		if u, err = s.begin(ctx, t); err == nil {
			err = u.send(ctx)
		}
	}
	if err != nil {
		return nil, cancelled(ctx, err)
	}
	sum := u.hash.sum()
	if t.Sum != "" && sum != t.Sum {
		err := fmt.Errorf("%w: the sum of the source is %s and not %s", ErrCorrupt, sum, t.Sum)
		return nil, errors.Join(err, s.abort(ctx, t.Key, u.id))
	}
	t.note(resume{At: int64(len(u.tags)) * u.size, Hash: u.hash.state(), Upload: u.id, Tag: u.tag})
	return &Staged{Object: Object{Key: t.Key, Size: t.Source.Size}, Sum: sum, to: s, held: u}, nil
}

// there looks whether the object has arrived already, as it should be.
func (s *bucket) there(ctx context.Context, t *Transfer, was resume) (*Staged, error) {
	o, err := s.Stat(ctx, t.Key)
	if errors.Is(err, ErrNotFound) || err == nil && o.Size != t.Source.Size {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sum, err := t.wanted(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.compare(ctx, o, was.Tag, sum); err != nil {
		return nil, elseNil(err, ErrCorrupt, ErrNotFound)
	}
	t.arrived(o.Size)
	return &Staged{Object: o, Sum: sum, to: s}, nil
}

// begin starts an upload.
func (s *bucket) begin(ctx context.Context, t *Transfer) (*upload, error) {
	id, err := s.client.NewMultipartUpload(ctx, s.name, s.prefix+t.Key, minio.PutObjectOptions{})
	if err != nil {
		return nil, cancelled(ctx, storeFault(err))
	}
	u := s.newUpload(t, id)
	t.note(resume{Upload: id})
	t.arrived(0)
	return u, nil
}

func (s *bucket) newUpload(t *Transfer, id string) *upload {
	size := partSizeOf(t.Source.Size)
	return &upload{
		store: s, t: t, id: id, size: size, hash: newChain(),
		tags: make([]string, (t.Source.Size+size-1)/size), state: map[int][]byte{},
	}
}

// resumed carries on the upload of an earlier attempt, if the server has one.
func (s *bucket) resumed(ctx context.Context, t *Transfer, was resume) (*upload, error) {
	id := was.Upload
	if id == "" {
		ids, err := s.uploads(ctx, t.Key)
		if err != nil && !errors.Is(err, ErrDenied) {
			return nil, err
		}
		if len(ids) == 0 {
			return s.begin(ctx, t)
		}
		id = ids[0]
	}
	u := s.newUpload(t, id)
	err := u.readParts(ctx)
	if errors.Is(err, ErrNotFound) {
		return s.begin(ctx, t)
	}
	if err != nil {
		return nil, err
	}
	if n := int(was.At / u.size); was.At%u.size == 0 && n > 0 && n <= u.noted {
		if hash := carryOn(was.Hash); hash != nil {
			u.from, u.hash = n, hash
		}
	}
	u.noted = u.from
	t.arrived(u.bytes)
	return u, nil
}

// readParts asks which parts are there.
func (u *upload) readParts(ctx context.Context) error {
	s, after := u.store, 0
	for {
		page, err := s.client.ListObjectParts(ctx, s.name, s.prefix+u.t.Key, u.id, after, 1000)
		if err != nil {
			return cancelled(ctx, storeFault(err))
		}
		for _, p := range page.ObjectParts {
			if n := p.PartNumber; n > 0 && n <= len(u.tags) && p.Size == u.length(n) {
				u.tags[n-1] = strings.Trim(p.ETag, `"`)
				u.bytes += p.Size
			}
		}
		if !page.IsTruncated || page.NextPartNumberMarker <= after {
			break
		}
		after = page.NextPartNumberMarker
	}
	for u.noted < len(u.tags) && u.tags[u.noted] != "" {
		u.noted++
	}
	return nil
}

// length is how long a part is.
func (u *upload) length(n int) int64 { return min(u.size, u.t.Source.Size-int64(n-1)*u.size) }
