package objects

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what the protocol compares bodies with; contents are compared by SHA-256
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
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
	t.note(resume{At: t.Source.Size, Hash: u.hash.state(), Upload: u.id, Tag: u.tag})
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
	sum := t.Sum
	if sum == "" {
		if sum, err = readSum(ctx, t.From, t.Source); err != nil {
			return nil, err
		}
	}
	if err := s.compare(ctx, o, was.Tag, sum); errors.Is(err, ErrCorrupt) {
		return nil, nil
	} else if err != nil {
		return nil, err
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
				u.tags[n-1] = p.ETag
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

// errStale is a part of an earlier attempt that is not what the source is.
var errStale = fmt.Errorf("%w: a part is not what the source is", ErrCorrupt)

// send reads the source once, in order, and sends what is missing.
func (u *upload) send(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var sending sync.WaitGroup
	free := make(chan struct{}, max(u.t.Parts, 1))
	err := u.read(ctx, func(p *piece) error {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		one := func() {
			defer func() { <-free }()
			if err := u.put(ctx, p); err != nil {
				cancel(err)
			}
		}
		if sending.Go(one); !p.held { // it must be read before what follows
			sending.Wait()
		}
		return context.Cause(ctx)
	})
	sending.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err == nil {
		u.tag = u.wholeTag()
	}
	return err
}

// piece is a part on its way.
type piece struct {
	n    int
	held bool // in memory, so that its checksum is known before it is sent
	body io.Reader
	md5  func() []byte
}

// read reads the source part by part. What is there already is compared, what is
// not goes to send.
func (u *upload) read(ctx context.Context, send func(*piece) error) error {
	if u.from == len(u.tags) {
		return nil
	}
	source, err := u.t.read(ctx, int64(u.from)*u.size)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	r := u.t.paced(ctx, source)
	for n := u.from + 1; n <= len(u.tags); n++ {
		p, err := u.piece(n, r)
		if err != nil {
			return err
		}
		if tag := u.tags[n-1]; tag != "" {
			if _, err = io.Copy(io.Discard, p.body); err == nil && tag != hex.EncodeToString(p.md5()) {
				err = errStale
			}
			u.keep(n)
			u.passed(n)
		} else {
			err = send(p)
		}
		if err != nil {
			return err
		}
	}
	if n, err := io.CopyN(io.Discard, source, 1); n > 0 || !errors.Is(err, io.EOF) { // to its end, where it is looked at again
		return errors.Join(ErrChanged, err)
	}
	return nil
}

// piece reads the next part, or has it read while it is sent if it is too big to be
// held.
func (u *upload) piece(n int, r io.Reader) (*piece, error) {
	sum := md5.New() //nolint:gosec // as above
	r = io.TeeReader(io.LimitReader(r, u.length(n)), io.MultiWriter(u.hash, sum))
	p := &piece{n: n, body: r, md5: func() []byte { return sum.Sum(nil) }}
	if u.size > maxHeld {
		return p, nil
	}
	data := make([]byte, u.length(n))
	_, err := io.ReadFull(r, data)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, ErrChanged
	}
	p.body, p.held = bytes.NewReader(data), true
	u.keep(n)
	return p, err
}

// put sends a part; the server compares it with its checksum, or we its tag.
func (u *upload) put(ctx context.Context, p *piece) error {
	options := minio.PutObjectPartOptions{DisableContentSha256: true}
	if p.held {
		options.Md5Base64 = base64.StdEncoding.EncodeToString(p.md5())
	}
	s := u.store
	there, err := s.client.PutObjectPart(ctx, s.name, s.prefix+u.t.Key, u.id, p.n, p.body, u.length(p.n), options)
	if err != nil {
		return unsent(err)
	}
	if !p.held {
		u.keep(p.n)
	}
	u.mu.Lock()
	u.tags[p.n-1] = there.ETag
	u.bytes += u.length(p.n)
	u.odd = u.odd || there.ETag != hex.EncodeToString(p.md5())
	u.mu.Unlock()
	u.passed(p.n)
	return nil
}

// keep remembers the hash behind a part.
func (u *upload) keep(n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.state[n] = u.hash.state()
}

// passed tells how far it is: a next attempt goes on behind the last part before
// which none is missing.
func (u *upload) passed(n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.t.arrived(u.bytes)
	before := u.noted
	for u.noted < len(u.tags) && u.tags[u.noted] != "" && u.state[u.noted+1] != nil {
		u.noted++
	}
	if u.noted == before {
		return
	}
	u.t.note(resume{At: int64(u.noted) * u.size, Hash: u.state[u.noted], Upload: u.id})
	for ; before < u.noted; before++ {
		delete(u.state, before+1)
	}
}

// wholeTag is the tag that the complete object has on most servers: the MD5 of
// those of its parts.
func (u *upload) wholeTag() string {
	var all []byte
	for _, tag := range u.tags {
		one, err := hex.DecodeString(tag)
		if err != nil || len(one) != md5.Size || u.odd {
			return ""
		}
		all = append(all, one...)
	}
	whole := md5.Sum(all) //nolint:gosec // as above
	return fmt.Sprintf("%x-%d", whole, len(u.tags))
}

func (u *upload) release() {}
