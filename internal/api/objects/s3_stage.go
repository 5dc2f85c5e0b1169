package objects

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what the protocol compares bodies with; contents are compared by SHA-256
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/minio/minio-go/v7"
)

// stage implements Store. What fits into one part is sent at once: it is there
// whole or not at all. The rest is an upload in parts, which nobody sees before it
// is completed.
func (s *bucket) stage(ctx context.Context, t *Transfer) (*Staged, error) {
	if t.Source.Size > partSize {
		return s.stageParts(ctx, t)
	}
	data, err := t.whole(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	hexed := hex.EncodeToString(sum[:])
	if t.Sum != "" && string(t.Sum) != hexed {
		return nil, fmt.Errorf("%w: the sum of the source is %s and not %s", ErrCorrupt, hexed, t.Sum)
	}
	o, err := s.put(ctx, t.Key, data, hexed)
	if err != nil {
		return nil, err
	}
	t.arrived(o.Size)
	return &Staged{Object: o, Sum: Sum(hexed), to: s}, nil
}

// whole reads a small source.
func (t *Transfer) whole(ctx context.Context) ([]byte, error) {
	r, err := t.From.Open(ctx, t.Source, 0, -1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	data := bytes.NewBuffer(make([]byte, 0, t.Source.Size+bytes.MinRead))
	n, err := data.ReadFrom(io.LimitReader(t.paced(ctx, r), t.Source.Size+1))
	if err == nil && n != t.Source.Size {
		err = ErrChanged
	}
	return data.Bytes(), err
}

// put stores a small object, unless it is there.
func (s *bucket) put(ctx context.Context, key string, data []byte, sum string) (Object, error) {
	only := minio.PutObjectOptions{}
	only.SetMatchETagExcept("*")
	o, err := s.send(ctx, key, data, sum, only)
	if !errors.Is(err, ErrChanged) {
		return o, err
	}
	// An earlier attempt sent it, or somebody else does.
	if o, err = s.Stat(ctx, key); err != nil {
		return Object{}, unsent(err)
	}
	if err = s.compare(ctx, o, tagOfContent(data), Sum(sum)); errors.Is(err, ErrCorrupt) {
		return s.send(ctx, key, data, sum, minio.PutObjectOptions{})
	}
	return o, err
}

// send stores a small object and compares what arrived.
func (s *bucket) send(ctx context.Context, key string, data []byte, sum string, options minio.PutObjectOptions) (Object, error) {
	hash := md5.Sum(data)               //nolint:gosec // as above
	options.DisableContentSha256 = true // it is in the signature already
	info, err := s.client.PutObject(ctx, s.name, s.prefix+key, bytes.NewReader(data), int64(len(data)),
		base64.StdEncoding.EncodeToString(hash[:]), sum, options)
	if err != nil {
		return Object{}, cancelled(ctx, storeFault(err))
	}
	o := Object{Key: key, Size: int64(len(data)), Tag: info.ETag}
	if err = s.compare(ctx, o, tagOfContent(data), Sum(sum)); errors.Is(err, ErrCorrupt) {
		err = errors.Join(err, s.Delete(ctx, key))
	}
	return o, err
}

// tagOfContent is the tag that most servers give an object that is sent whole.
func tagOfContent(data []byte) string {
	hash := md5.Sum(data) //nolint:gosec // as above
	return hex.EncodeToString(hash[:])
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
