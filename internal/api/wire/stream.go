package wire

import (
	"bytes"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// list is an answer that is sent as it is read, a page at a time, however long
// it is.
type list[T any] struct {
	head   string                                   // up to the first item
	page   func(cursor string) (api.Page[T], error) // the first has no cursor
	encode func(item *T) any                        // nil leaves the item out
	tail   func() string                            // after the last item
}

// stream sends the list.
func stream[T any](s *server, c echo.Context, l list[T]) error {
	page, err := l.page("")
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	b := buffers.Get().(*bytes.Buffer)
	defer keepBuffer(b)
	b.Reset()
	b.WriteString(l.head)
	for first := true; ; {
		if first, err = l.append(b, page.Items, first); err != nil {
			return err
		}
		if page.Next == "" {
			b.WriteString(l.tail())
		}
		if _, err := c.Response().Write(b.Bytes()); err != nil || page.Next == "" {
			return err
		}
		b.Reset()
		if page, err = l.page(page.Next); err != nil {
			s.report(c, err)
			panic(http.ErrAbortHandler) // half a list must not look like a whole one
		}
	}
}

// append writes items with commas before all but the first; it reports whether
// the first is still to come.
func (l *list[T]) append(b *bytes.Buffer, items []T, first bool) (bool, error) {
	enc := encoder(b)
	for i := range items {
		item := l.encode(&items[i])
		if item == nil {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		if err := enc.Encode(item); err != nil {
			return first, err
		}
		b.Truncate(b.Len() - 1) // the line break
	}
	return first, nil
}
