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

	"github.com/minio/minio-go/v7"
)

// onceSize is how large a file may be that is sent at once: it is read twice for it,
// but a server that keeps files does not have to put it together.
const onceSize = 32 << 20

// stage implements Store. What is small is sent at once: it is there whole or not
// at all. The rest is an upload in parts, which nobody sees before it is completed.
func (s *bucket) stage(ctx context.Context, t *Transfer) (*Staged, error) {
	if t.Source.Size > onceSize {
		return s.stageParts(ctx, t)
	}
	r, err := t.From.Open(ctx, t.Source, 0, -1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	file, ok := r.(*fileReader)
	if !ok && t.Source.Size > partSize {
		return s.stageParts(ctx, t)
	}
	var c *content
	if ok && t.Source.Size > partSize {
		c, err = t.ofFile(ctx, file)
	} else {
		c, err = t.held(ctx, r)
	}
	if err == nil && t.Sum != "" && t.Sum != c.sum {
		err = fmt.Errorf("%w: the sum of the source is %s and not %s", ErrCorrupt, c.sum, t.Sum)
	}
	if err != nil {
		return nil, err
	}
	o, err := s.put(ctx, t.Key, c)
	if ok && err != nil && ctx.Err() == nil && errors.Is(file.unchanged(), ErrChanged) { // while it was read again
		err = ErrChanged
	}
	if err != nil {
		return nil, err
	}
	t.arrived(o.Size)
	return &Staged{Object: o, Sum: c.sum, to: s}, nil
}

// content is what is sent at once.
type content struct {
	size int64
	md5  []byte
	sum  Sum
	held bool // in memory: its sum goes into the signature, so that the server compares that, too
	body func() io.Reader
}

// contentOf is what is in memory.
func contentOf(data []byte) *content {
	sum, hash := newChain(), md5.Sum(data) //nolint:gosec // as above
	sum.Write(data)
	return &content{int64(len(data)), hash[:], sum.sum(), true, func() io.Reader { return bytes.NewReader(data) }}
}

// held reads a small source.
func (t *Transfer) held(ctx context.Context, r io.Reader) (*content, error) {
	data := bytes.NewBuffer(make([]byte, 0, t.Source.Size+bytes.MinRead))
	n, err := data.ReadFrom(io.LimitReader(t.paced(ctx, r), t.Source.Size+1))
	if err == nil && n != t.Source.Size {
		err = ErrChanged
	}
	if err != nil {
		return nil, err
	}
	return contentOf(data.Bytes()), nil
}

// ofFile reads a file for its checksums, and once more when it is sent.
func (t *Transfer) ofFile(ctx context.Context, r *fileReader) (*content, error) {
	hash := md5.New() //nolint:gosec // as above
	sum, err := sumOf(ctx, io.TeeReader(r, hash))
	if err != nil {
		return nil, err
	}
	return &content{t.Source.Size, hash.Sum(nil), sum, false, func() io.Reader {
		return t.paced(ctx, t.watched(io.NewSectionReader(r.file, 0, t.Source.Size)))
	}}, nil
}

// watched tells how much of r was read.
func (t *Transfer) watched(r io.Reader) io.Reader {
	read, told := int64(0), int64(0)
	return readerFunc(func(p []byte) (int, error) {
		n, err := r.Read(p)
		if read += int64(n); read-told >= chunk {
			t.arrived(read)
			told = read
		}
		return n, err
	})
}

// tinySize is up to where an object is sent without a look whether it is there: the
// server says so. Of larger ones it would hang up on what is still being sent.
const tinySize = 64 << 10

// put stores an object, unless an earlier attempt did, or somebody else does.
func (s *bucket) put(ctx context.Context, key string, c *content) (Object, error) {
	if c.size <= tinySize {
		only := minio.PutObjectOptions{}
		only.SetMatchETagExcept("*")
		if o, err := s.send(ctx, key, c, only); !errors.Is(err, ErrChanged) {
			return o, err
		}
	}
	o, err := s.Stat(ctx, key)
	if err == nil && o.Size == c.size {
		err = s.compare(ctx, o, hex.EncodeToString(c.md5), c.sum)
	} else if err == nil {
		err = ErrCorrupt
	}
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrCorrupt) {
		return s.send(ctx, key, c, minio.PutObjectOptions{})
	}
	return o, err
}

// send stores an object and compares what arrived.
func (s *bucket) send(ctx context.Context, key string, c *content, options minio.PutObjectOptions) (Object, error) {
	options.DisableContentSha256 = true // no second signature for each piece
	signed := ""
	if c.held {
		signed = string(c.sum)
	}
	info, err := s.client.PutObject(ctx, s.name, s.prefix+key, c.body(), c.size, base64.StdEncoding.EncodeToString(c.md5), signed, options)
	if err != nil {
		return Object{}, cancelled(ctx, storeFault(err))
	}
	o := Object{Key: key, Size: c.size, Tag: info.ETag}
	if err = s.compare(ctx, o, hex.EncodeToString(c.md5), c.sum); errors.Is(err, ErrCorrupt) {
		err = errors.Join(err, s.Delete(ctx, key))
	}
	return o, err
}

// compare makes sure that the server has what it should: by its tag if that is the
// content's, or by reading it back.
func (s *bucket) compare(ctx context.Context, o Object, tag string, wanted Sum) error {
	if tag != "" && o.Tag == tag {
		return nil
	}
	o.Tag = ""
	sum, err := readSum(ctx, s, o)
	if err == nil && sum != wanted {
		err = fmt.Errorf("%w: the sum is %s and not %s", ErrCorrupt, sum, wanted)
	}
	return err
}
