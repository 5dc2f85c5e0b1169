package handlers

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

// Times of a stream of events. The server's own deadline is for pages; a
// stream has one for each event.
const (
	eventDeadline = 10 * time.Second // for a browser to take an event
	streamLife    = 5 * time.Minute  // after which the browser asks again, and who it is
	lookEvery     = time.Second      // at what a stream is about, which is one query
)

// eventStream sends parts of a page as they change (server-sent events).
type eventStream struct {
	c       echo.Context
	control *http.ResponseController
}

// openStream begins the answer. It is not compressed, or events would wait in
// the compressor.
func openStream(c echo.Context) (*eventStream, error) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies would wait, too
	s := &eventStream{c: c, control: http.NewResponseController(c.Response())}
	c.Response().WriteHeader(http.StatusOK)
	return s, s.write("retry: 1000\n\n")
}

// send sends an event whose data is markup.
func (s *eventStream) send(name string, parts ...templ.Component) error {
	var markup bytes.Buffer
	ctx := localised(s.c)
	for _, part := range parts {
		if err := part.Render(ctx, &markup); err != nil {
			return err
		}
	}
	data := strings.NewReplacer("\r", "", "\n", "\ndata: ").Replace(markup.String())
	return s.write("event: " + name + "\ndata: " + data + "\n\n")
}

func (s *eventStream) write(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(eventDeadline)); err != nil {
		return err
	}
	if _, err := s.c.Response().Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}

// follow looks at something at once and then every second, until it is over, the
// reader may not see it any more, the browser goes, the server stops or the stream has
// lived long enough.
func (p *pages) follow(c echo.Context, look func() (over bool, err error)) error {
	again := time.NewTicker(lookEvery)
	defer again.Stop()
	life := time.After(streamLife)
	for {
		if over, err := look(); over || err != nil {
			return err // once a stream has begun, nobody sees it
		}
		select {
		case <-c.Request().Context().Done():
			return nil
		case <-p.Stopping:
			return nil
		case <-life:
			return nil
		case <-again.C:
			if err := p.lookAgain(c); err != nil {
				return err
			}
		}
	}
}
