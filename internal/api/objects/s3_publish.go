package objects

import (
	"bytes"
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // what the protocol compares bodies with; contents are compared by SHA-256
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/minio/minio-go/v7"
)

// publish implements Store: uploads are completed. What is completed already, in
// an attempt whose answer was lost, is only looked at.
func (s *bucket) publish(ctx context.Context, staged []*Staged) error {
	for _, it := range staged {
		u, ok := it.held.(*upload)
		if !ok {
			continue
		}
		o, err := s.complete(ctx, it.Object, u.id, u.tags)
		if err != nil {
			return err
		}
		if err = s.compare(ctx, o, u.tag, it.Sum); err != nil {
			if errors.Is(err, ErrCorrupt) {
				err = errors.Join(err, s.Delete(ctx, o.Key))
			}
			return err
		}
		it.Object, it.held = o, nil
	}
	return nil
}

func (s *bucket) complete(ctx context.Context, o Object, id string, tags []string) (Object, error) {
	parts := make([]minio.CompletePart, len(tags))
	for i, tag := range tags {
		parts[i] = minio.CompletePart{PartNumber: i + 1, ETag: tag}
	}
	_, err := s.client.CompleteMultipartUpload(ctx, s.name, s.prefix+o.Key, id, parts, minio.PutObjectOptions{})
	if err = cancelled(ctx, unsent(err)); err != nil && !errors.Is(err, ErrUnreachable) {
		return o, err
	}
	there, missing := s.Stat(ctx, o.Key)
	switch {
	case missing != nil && err != nil:
		return o, err
	case missing != nil:
		return o, unsent(missing)
	case there.Size != o.Size:
		return o, cmp.Or(err, fmt.Errorf("%w: it has %d bytes and not %d", ErrCorrupt, there.Size, o.Size))
	}
	return there, nil
}

// uploads are the uploads of an object that were begun, newest first.
func (s *bucket) uploads(ctx context.Context, key string) ([]string, error) {
	var ids []string
	page, err := s.client.ListMultipartUploads(ctx, s.name, s.prefix+key, "", "", "", 1000)
	if err != nil {
		return nil, cancelled(ctx, storeFault(err))
	}
	for _, one := range page.Uploads {
		if one.Key == s.prefix+key {
			ids = append([]string{one.UploadID}, ids...)
		}
	}
	return ids, nil
}

func (s *bucket) abort(ctx context.Context, key, id string) error {
	err := storeFault(s.client.AbortMultipartUpload(ctx, s.name, s.prefix+key, id))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return cancelled(ctx, err)
}

// abortAll removes what was begun of an object; who may not ask for it has nothing
// to remove.
func (s *bucket) abortAll(ctx context.Context, key string) error {
	ids, err := s.uploads(ctx, key)
	if errors.Is(err, ErrDenied) {
		return nil
	}
	for _, id := range ids {
		err = errors.Join(err, s.abort(ctx, key, id))
	}
	return err
}

// abandon implements Store.
func (s *bucket) abandon(ctx context.Context, t *Transfer) error { return s.abortAll(ctx, t.Key) }

// Write implements Store: a part is held in memory, and those behind are larger, so
// that there are enough for anything.
func (s *bucket) Write(ctx context.Context, key string, r io.Reader) (Object, Sum, error) {
	if err := look(key); err != nil {
		return Object{}, "", err
	}
	hash := newChain()
	first := make([]byte, partSize)
	n, err := io.ReadFull(r, first)
	if first = first[:n]; errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		hash.Write(first)
		sum := hash.sum()
		o, err := s.send(ctx, key, first, string(sum), minio.PutObjectOptions{})
		return o, sum, err
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
	for n := 0; ; n++ {
		size := partSize << (n / each)
		data := make([]byte, size)
		got, err := io.ReadFull(r, data)
		if data = data[:got]; err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if got > 0 {
			if err := u.writePart(ctx, n+1, data); err != nil {
				return err
			}
		}
		if err != nil {
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
