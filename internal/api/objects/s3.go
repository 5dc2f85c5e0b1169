package objects

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucket keeps objects in a bucket, below a prefix.
type bucket struct {
	client *minio.Core
	name   string
	prefix string // empty or ending in a slash
}

func openBucket(place Place, transport http.RoundTripper) (*bucket, error) {
	at, err := url.Parse(place.Endpoint)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, fmt.Errorf("%w: the endpoint is no address", ErrNoStore)
	}
	lookup := minio.BucketLookupDNS
	if place.PathStyle {
		lookup = minio.BucketLookupPath
	}
	client, err := minio.NewCore(at.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(place.AccessKey, place.Secret.Reveal(), ""),
		Secure:       at.Scheme == "https",
		Transport:    transport,
		Region:       cmp.Or(place.Signing, "us-east-1"), // given, so that nobody asks for it
		BucketLookup: lookup,
		MaxRetries:   1, // whoever copies tries again, where it can be seen
	})
	if err != nil {
		return nil, storeFault(err)
	}
	return &bucket{client, place.Bucket, place.Prefix}, nil
}

// objectAt makes an Object of what the server says of one.
func (s *bucket) objectAt(info minio.ObjectInfo) Object {
	tag := info.ETag
	if tag == "" {
		tag = strconv.FormatInt(info.Size, 36) + "-" + strconv.FormatInt(info.LastModified.Unix(), 36)
	}
	return Object{Key: strings.TrimPrefix(info.Key, s.prefix), Size: info.Size, Modified: info.LastModified.UTC(), Tag: tag}
}

// List implements Store.
func (s *bucket) List(ctx context.Context, prefix, after string, limit int) ([]Object, error) {
	return s.ListPassing(ctx, prefix, after, limit, nil)
}

// ListPassing implements Store. The empty objects that some programs make for folders
// hold nothing, and are not told of.
func (s *bucket) ListPassing(ctx context.Context, prefix, after string, limit int, passed func(key string, valid bool)) ([]Object, error) {
	return s.list(ctx, minio.ListObjectsOptions{Prefix: prefix, StartAfter: after, Recursive: true}, limit, passed)
}

// Children implements Store.
func (s *bucket) Children(ctx context.Context, folder, after string, limit int) ([]Object, error) {
	if strings.HasSuffix(after, "/") {
		after += "\U0010FFFF" // behind what is in it
	}
	if folder != "" && !strings.HasSuffix(folder, "/") {
		folder += "/"
	}
	return s.list(ctx, minio.ListObjectsOptions{Prefix: folder, StartAfter: after}, limit, nil)
}

// list asks page after page until there are enough. In a page folders follow all
// objects, so that what comes first is only known when another page has begun.
func (s *bucket) list(ctx context.Context, o minio.ListObjectsOptions, limit int, passed func(key string, valid bool)) ([]Object, error) {
	if limit <= 0 {
		return nil, nil
	}
	after, enough := o.StartAfter, limit
	o.Prefix, o.MaxKeys, o.FetchOwner = s.prefix+o.Prefix, min(limit+1, 1000), new(bool)
	if after != "" {
		o.StartAfter = s.prefix + after
	}
	if !o.Recursive {
		enough += o.MaxKeys
	}
	var found []Object
	tell := passing{passed: passed}
	for info := range s.client.ListObjectsIter(ctx, s.name, o) {
		if info.Err != nil {
			return nil, cancelled(ctx, storeFault(info.Err))
		}
		it := s.objectAt(info)
		folder, isFolder := strings.CutSuffix(it.Key, "/")
		if isFolder && !o.Recursive && valid(folder) && folder != o.Prefix {
			it = Object{Key: it.Key}
		} else if !valid(it.Key) {
			if it.Key > after && (!isFolder || it.Size > 0) {
				tell.pass(it.Key)
			}
			continue
		}
		if hidden(it.Key) || it.Key <= after {
			continue
		}
		tell.found()
		if found = append(found, it); len(found) == enough {
			break
		}
	}
	if len(found) == 0 {
		tell.found()
	}
	slices.SortFunc(found, func(a, b Object) int { return strings.Compare(a.Key, b.Key) })
	return found[:min(len(found), limit)], ctx.Err()
}

// Stat implements Store.
func (s *bucket) Stat(ctx context.Context, key string) (Object, error) {
	if err := look(key); err != nil {
		return Object{}, err
	}
	info, err := s.client.StatObject(ctx, s.name, s.prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return Object{}, cancelled(ctx, storeFault(err))
	}
	info.Key = s.prefix + key
	return s.objectAt(info), nil
}

// Open implements Store. What the server sends is of one version of the object.
func (s *bucket) Open(ctx context.Context, o Object, offset, n int64) (io.ReadCloser, error) {
	if err := look(o.Key); err != nil {
		return nil, err
	}
	if n == 0 {
		return io.NopCloser(strings.NewReader("")), nil
	}
	var options minio.GetObjectOptions
	switch {
	case n > 0:
		options.Set("Range", fmt.Sprintf("bytes=%d-%d", offset, offset+n-1))
	case offset > 0:
		options.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	body, info, header, err := s.client.GetObject(ctx, s.name, s.prefix+o.Key, options)
	if err != nil {
		return nil, cancelled(ctx, storeFault(err))
	}
	if offset > 0 && header.Get("Content-Range") == "" {
		_ = body.Close()
		return nil, fmt.Errorf("%w: it does not send parts of objects", ErrUnreachable)
	}
	if tag := s.objectAt(whole(info, header)).Tag; o.Tag != "" && tag != o.Tag {
		_ = body.Close()
		return nil, ErrChanged
	}
	return &answerReader{body, info.Size}, nil
}

// whole is what an answer with a part says of the whole object.
func whole(info minio.ObjectInfo, header http.Header) minio.ObjectInfo {
	if _, size, ok := strings.Cut(header.Get("Content-Range"), "/"); ok {
		if n, err := strconv.ParseInt(size, 10, 64); err == nil {
			info.Size = n
		}
	}
	return info
}

// answerReader reads an answer of which it is known how long it is.
type answerReader struct {
	io.ReadCloser
	left int64
}

func (r *answerReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.left -= int64(n)
	switch {
	case !errors.Is(err, io.EOF):
		return n, storeFault(err)
	case r.left > 0:
		return n, fmt.Errorf("%w: the connection was lost", ErrUnreachable)
	}
	return n, io.EOF
}

// Delete implements Store, and removes what is left of a Write or a copy.
func (s *bucket) Delete(ctx context.Context, key string) error {
	if err := look(key); err != nil {
		return nil //nolint:nilerr // there is no such object
	}
	if err := s.client.RemoveObject(ctx, s.name, s.prefix+key, minio.RemoveObjectOptions{}); err != nil {
		return cancelled(ctx, storeFault(err))
	}
	return s.abortAll(ctx, key)
}
