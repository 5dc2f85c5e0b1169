package templates

import (
	"context"
	"slices"

	"switchboard/internal/api"
)

// SavedViews are the reader's views of a list, which is named as its collection is.
// Path is where views are kept.
type SavedViews struct {
	List  string
	Path  string
	Views []api.View
}

type viewsKey struct{}

// WithViews returns a context for the page of a list whose views there are.
func WithViews(ctx context.Context, saved SavedViews) context.Context {
	return context.WithValue(ctx, viewsKey{}, saved)
}

// savedList is a list with its views.
type savedList struct {
	SavedViews
	List

	Query string // its state, without the place in it
}

// saved returns the list with its views; false if it has none to have.
func (l *List) saved(ctx context.Context) (savedList, bool) {
	saved, ok := ctx.Value(viewsKey{}).(SavedViews)
	return savedList{saved, *l, l.query(l.Sort, l.Desc, "").Encode()}, ok && saved.List == l.ID
}

// current returns the view that the list shows, or nil.
func (s *savedList) current() *api.View {
	i := slices.IndexFunc(s.Views, func(v api.View) bool { return v.Query == s.Query })
	if i < 0 {
		return nil
	}
	return &s.Views[i]
}

// blank reports whether there is nothing to choose from and nothing to save.
func (s *savedList) blank() bool { return len(s.Views) == 0 && s.Query == "" }

// at is the list with a state.
func (s *savedList) at(query string) string {
	if query == "" {
		return s.Base
	}
	return s.Base + "?" + query
}
