package compare

import (
	"bytes"
	"context"
	"encoding/json"

	"switchboard/internal/api"
)

// kind is what comparing has to know of a kind.
type kind interface {
	name() api.Kind
	// list returns a page of the project's things.
	list(ctx context.Context, s *side, l listing) (api.Page[Thing], error)
	// find returns the thing of that name, nil if there is none, and Conflict if there are
	// several.
	find(ctx context.Context, s *side, k Key) (*Thing, error)
	// copy says what would make a thing of one project be in the other, where it may be
	// called so already.
	copy(ctx context.Context, c *copying, k Key) (copied, error)
}

// listing asks for a page of a list.
type listing struct {
	Text   string // that names contain: a list may know it better, and find more
	Cursor string
	Limit  int
}

// table is all kinds, in the order in which things have to be made: what others need
// stands before them.
func table() []kind {
	return []kind{links, queues, connections, functions, aliases, services, entries, policies}
}

// Kinds are what can be compared, in the order in which things are made.
func Kinds() []api.Kind {
	all := table()
	names := make([]api.Kind, len(all))
	for i := range all {
		names[i] = all[i].name()
	}
	return names
}

func kindOf(name api.Kind) kind {
	for _, k := range table() {
		if k.name() == name {
			return k
		}
	}
	return nil
}

// of is a kind whose things the service has as T.
type of[T any] struct {
	kind  api.Kind
	pages func(ctx context.Context, s *side, l listing) (api.Page[T], error)
	// one returns the thing of that name, NotFound if there is none.
	one   func(ctx context.Context, s *side, k Key) (T, error)
	thing func(ctx context.Context, s *side, t *T) (Thing, error)
	// make says what would make there of src; dst is what is there, nil if nothing is.
	make func(ctx context.Context, c *copying, src, dst *T) (draft, error)
}

func (o of[T]) name() api.Kind { return o.kind }

func (o of[T]) list(ctx context.Context, s *side, l listing) (api.Page[Thing], error) {
	page, err := o.pages(ctx, s, l)
	things := api.Page[Thing]{Items: make([]Thing, 0, len(page.Items)), Next: page.Next}
	for i := range page.Items {
		if err != nil {
			return things, err
		}
		var thing Thing
		thing, err = o.thing(ctx, s, &page.Items[i])
		things.Items = append(things.Items, thing)
	}
	return things, err
}

func (o of[T]) find(ctx context.Context, s *side, k Key) (*Thing, error) {
	_, thing, err := o.look(ctx, s, k)
	return thing, err
}

// look finds a thing, as the service has it and as it is compared.
func (o of[T]) look(ctx context.Context, s *side, k Key) (*T, *Thing, error) {
	found, err := o.one(ctx, s, k)
	if api.CodeOf(err) == api.NotFound {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	thing, err := o.thing(ctx, s, &found)
	return &found, &thing, err
}

func (o of[T]) copy(ctx context.Context, c *copying, k Key) (found copied, err error) {
	src, from, err := o.look(ctx, c.from, k)
	if err != nil {
		return found, err
	}
	dst, to, err := o.look(ctx, c.to, k)
	if err != nil {
		return found, err
	}
	if found.src, found.dst = from, to; src == nil || from.same(to) {
		return found, nil
	}
	found.draft, err = o.make(ctx, c, src, dst)
	return found, err
}

// same reports whether two things are equal, apart from where they are.
func (t *Thing) same(other *Thing) bool {
	return t != nil && other != nil && bytes.Equal(t.View, other.View)
}

// missing is what a kind says of a name that nothing has.
func missing() error { return api.Errorf(api.NotFound, "error.not_found") }

// viewOf is an object as two of them are compared: what says nothing is left out, so that
// a list that is empty and one that is not there are the same.
func viewOf(object any) ([]byte, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // a float would not keep every number
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return json.Marshal(pruned(value))
}

func pruned(value any) any {
	object, is := value.(map[string]any)
	if !is {
		return value
	}
	for name, member := range object {
		switch v := pruned(member).(type) {
		case nil:
			delete(object, name)
		case map[string]any:
			if len(v) == 0 {
				delete(object, name)
			}
		case []any:
			if len(v) == 0 {
				delete(object, name)
			}
		}
	}
	return object
}
