package embedded

import (
	"context"
	"errors"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
)

// leftOut is what lies in the resources of a checkpoint and is in no backup: links and
// special files, which are never backed up, and what cannot be reached by a key.
type leftOut struct {
	links, unkeyed int
	names          []string // of the first ones of what cannot be reached, or of links
}

// maxLeftOut is how many names are told, at most.
const maxLeftOut = 3

// pass notes one. What cannot be reached is told before links are.
func (l *leftOut) pass(key string, valid bool) {
	switch {
	case !valid:
		if l.unkeyed++; l.unkeyed == 1 {
			l.names = nil
		}
	default:
		l.links++
	}
	if (!valid || l.unkeyed == 0) && len(l.names) < maxLeftOut {
		l.names = append(l.names, faultDetail(key))
	}
}

func (l *leftOut) add(n leftOut) {
	if l.unkeyed == 0 && n.unkeyed > 0 {
		l.names = nil
	}
	if l.unkeyed == 0 || n.unkeyed > 0 {
		l.names = append(l.names, n.names...)
		l.names = l.names[:min(len(l.names), maxLeftOut)]
	}
	l.links, l.unkeyed = l.links+n.links, l.unkeyed+n.unkeyed
}

// message says what was left out, if anything.
func (l *leftOut) message() api.Message {
	names := strings.Join(l.names, ", ")
	switch {
	case l.unkeyed > 0:
		return api.M("backup.left_out", "count", l.unkeyed, "names", names)
	case l.links > 0:
		return api.M(api.MessageLinksLeftOut, "count", l.links, "names", names)
	}
	return api.Message{}
}

// passFolder notes that a path is an object and a folder as well, which a bucket can
// have: of both, the object is backed up.
func (l *leftOut) passFolder(ctx context.Context, s objects.Store, at string) error {
	beside, err := s.List(ctx, under(at), "", 1)
	if err == nil && len(beside) > 0 {
		l.pass(under(at), false)
	}
	return err
}

// passObject notes that a folder of which all is taken over is an object as well.
func (l *leftOut) passObject(ctx context.Context, s objects.Store, at string) error {
	if at == "" {
		return nil
	}
	_, err := s.Stat(ctx, at)
	if err == nil {
		l.pass(at, false)
	}
	if errors.Is(err, objects.ErrNotFound) {
		return nil
	}
	return err
}
