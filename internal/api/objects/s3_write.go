package objects

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what the protocol compares bodies with; contents are compared by SHA-256
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"

	"github.com/minio/minio-go/v7"
)

// Write implements Store: a part is held in memory, and those behind are larger, so
// that there are enough for anything.
func (s *bucket) Write(ctx context.Context, key string, r io.Reader) (Object, Sum, error) {
	if err := look(key); err != nil {
		return Object{}, "", err
	}
	first := make([]byte, partSize)
	n, err := io.ReadFull(r, first)
	if first = first[:n]; errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		c := contentOf(first)
		o, err := s.send(ctx, key, c, minio.PutObjectOptions{})
		return o, c.sum, err
	}
	if err != nil {
		return Object{}, "", err
	}
	if err := s.abortAll(ctx, key); err != nil {
		return Object{}, "", err
	}
	return s.writeParts(ctx, key, io.MultiReader(bytes.NewReader(first), r))
}

func (s *bucket) writeParts(ctx context.Context, key string, r io.Reader) (Object, Sum, error) {
	id, err := s.client.NewMultipartUpload(ctx, s.name, s.prefix+key, minio.PutObjectOptions{})
	if err != nil {
		return Object{}, "", cancelled(ctx, storeFault(err))
	}
	u := &upload{store: s, t: &Transfer{Key: key}, id: id, hash: newChain()}
	if err := u.writeAll(ctx, r); err != nil {
		return Object{}, "", errors.Join(cancelled(ctx, err), s.abort(context.WithoutCancel(ctx), key, id))
	}
	u.tag = u.wholeTag()
	it := &Staged{Object: Object{Key: key, Size: u.bytes}, Sum: u.hash.sum(), to: s, held: u}
	if err := s.publish(ctx, []*Staged{it}); err != nil {
		return Object{}, "", err
	}
	return it.Object, it.Sum, nil
}

func (u *upload) writeAll(ctx context.Context, r io.Reader) error {
	const each = 2_000 // parts of the same size
	data := make([]byte, 0)
	for n := 0; ; n++ {
		if size := partSize << (n / each); len(data) < size {
			data = make([]byte, size)
		}
		got, err := io.ReadFull(r, data)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return err
		}
		if got > 0 {
			if err := u.writePart(ctx, n+1, data[:got]); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
	}
}

func (u *upload) writePart(ctx context.Context, n int, data []byte) error {
	u.hash.Write(data)
	sum := md5.Sum(data) //nolint:gosec // as above
	options := minio.PutObjectPartOptions{DisableContentSha256: true, Md5Base64: base64.StdEncoding.EncodeToString(sum[:])}
	s := u.store
	p, err := s.client.PutObjectPart(ctx, s.name, s.prefix+u.t.Key, u.id, n, bytes.NewReader(data), int64(len(data)), options)
	if err != nil {
		return unsent(err)
	}
	u.tags = append(u.tags, p.ETag)
	u.bytes += int64(len(data))
	u.odd = u.odd || p.ETag != hex.EncodeToString(sum[:])
	return nil
}
