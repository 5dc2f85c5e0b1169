package objects

import (
	"cmp"
	"context"
	"errors"
	"fmt"

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
