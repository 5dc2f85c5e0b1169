package objects

import (
	"context"
	"encoding/json"
	"io"
)

// read opens what follows an offset of the source.
func (t *Transfer) read(ctx context.Context, offset int64) (io.ReadCloser, error) {
	if far, ok := t.From.(*bucket); ok && t.Parts > 1 && t.Source.Size-offset > rangeSize {
		return far.ahead(ctx, t.Source, offset, t.Parts), nil
	}
	return t.From.Open(ctx, t.Source, offset, -1)
}

// pace waits until some of n bytes may be copied, and returns how many.
func (t *Transfer) pace(ctx context.Context, n int64) (int64, error) {
	if t.Limit == nil {
		return n, ctx.Err()
	}
	n = max(min(n, int64(t.Limit.Burst())), 1)
	return n, t.Limit.WaitN(ctx, int(n))
}

// paced is r at the speed that is allowed.
func (t *Transfer) paced(ctx context.Context, r io.Reader) io.Reader {
	if t.Limit == nil {
		return r
	}
	return readerFunc(func(p []byte) (int, error) {
		n, err := r.Read(p[:max(min(len(p), t.Limit.Burst()), 1)])
		if waited := t.Limit.WaitN(ctx, n); waited != nil {
			return 0, waited
		}
		return n, err
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// arrived tells how much is there.
func (t *Transfer) arrived(bytes int64) {
	if t.Progress != nil {
		t.Progress(bytes)
	}
}

// note tells what to carry on from.
func (t *Transfer) note(from resume) {
	if t.Note == nil {
		return
	}
	if text, err := json.Marshal(from); err == nil {
		t.Note(string(text))
	}
}

// told tells both after each chunk.
func (t *Transfer) told(hash *chain) func(size int64) {
	return func(size int64) {
		t.arrived(size)
		if hash != nil {
			t.note(resume{At: size, Hash: hash.state()})
		}
	}
}

// resume is what an attempt that was cut off knew.
type resume struct {
	At     int64  `json:"at,omitempty"`     // so many bytes are there, from the beginning,
	Hash   []byte `json:"hash,omitempty"`   // and this is the state of their sum
	Upload string `json:"upload,omitempty"` // of an object in parts
	Tag    string `json:"tag,omitempty"`    // that the complete object will have
}

// readResume reads it; what is none is an empty one.
func readResume(text string) resume {
	var r resume
	if json.Unmarshal([]byte(text), &r) != nil {
		return resume{}
	}
	return r
}

// readChain is where a sum can be carried on, if so many bytes are there.
func readChain(text string, there int64) (int64, *chain) {
	if r := readResume(text); r.At > 0 && r.At <= there {
		if c := carryOn(r.Hash); c != nil {
			return r.At, c
		}
	}
	return 0, newChain()
}

// wanted is the sum of the source, which is read for it if nobody knows.
func (t *Transfer) wanted(ctx context.Context) (Sum, error) {
	if t.Sum != "" {
		return t.Sum, nil
	}
	return readSum(ctx, t.From, t.Source)
}

// readSum reads all of an object.
func readSum(ctx context.Context, from Store, o Object) (Sum, error) {
	r, err := from.Open(ctx, o, 0, -1)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	return sumOf(ctx, r)
}
