package objects

import (
	"bytes"
	"context"
	"io"
)

// rangeSize is how much of an object is asked for at once where several parts are
// read at the same time.
const rangeSize = 8 << 20

// aheadReader reads ranges of an object at the same time and gives them out in
// their order.
type aheadReader struct {
	cancel context.CancelFunc
	ranges chan chan fetched
	now    bytes.Reader
}

type fetched struct {
	data []byte
	err  error
}

// ahead reads what follows an offset, so many ranges at the same time.
func (s *bucket) ahead(ctx context.Context, o Object, offset int64, parts int) io.ReadCloser {
	ctx, cancel := context.WithCancel(ctx)
	r := &aheadReader{cancel: cancel, ranges: make(chan chan fetched, parts-1)}
	go func() {
		defer close(r.ranges)
		for ; offset < o.Size; offset += rangeSize {
			one := make(chan fetched, 1)
			select {
			case r.ranges <- one:
			case <-ctx.Done():
				return
			}
			go func() { one <- s.fetch(ctx, o, offset, min(rangeSize, o.Size-offset)) }()
		}
	}()
	return r
}

func (s *bucket) fetch(ctx context.Context, o Object, offset, n int64) fetched {
	r, err := s.Open(ctx, o, offset, n)
	if err != nil {
		return fetched{err: err}
	}
	defer func() { _ = r.Close() }()
	data := make([]byte, n)
	_, err = io.ReadFull(r, data)
	return fetched{data, storeFault(err)}
}

func (r *aheadReader) Read(p []byte) (int, error) {
	if r.now.Len() == 0 {
		one, more := <-r.ranges
		if !more {
			return 0, io.EOF
		}
		got := <-one
		if got.err != nil {
			r.cancel()
			return 0, got.err
		}
		r.now.Reset(got.data)
	}
	return r.now.Read(p)
}

func (r *aheadReader) Close() error {
	r.cancel()
	return nil
}
