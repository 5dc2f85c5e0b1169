package wire

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// versionBody is the body of a publication.
type versionBody struct {
	Name        string `json:"version,omitempty"`
	Description string `json:"description,omitempty"`
	Digest      string `json:"digest,omitempty"`
}

// publishVersion answers POST …/{urn}/versions: 200, never 201. Everything in
// the body, and the body, may be left out.
func (s *server) publishVersion(c echo.Context, scope api.Scope, function api.Function) error {
	var body versionBody
	if _, err := decodeOptionalBody(c, &body); err != nil {
		return err
	}
	version, err := s.Service.PublishVersion(c.Request().Context(), scope, function.ID, api.VersionDraft(body))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, s.encodeFunction(c, &function, &version))
}

// listVersions answers GET …/{urn}/versions?marker=&maxitems=: all of them, if
// nothing else is asked for.
func (s *server) listVersions(c echo.Context, scope api.Scope, function api.Function) error {
	p, err := readMarker(c)
	if err != nil {
		return err
	}
	versions, err := s.Service.Versions(c.Request().Context(), scope, function.ID)
	if err != nil {
		return err
	}
	count := len(versions)
	from := min(p.marker, count)
	page := versions[from:min(from+p.items, count)]
	return answer(c, http.StatusOK, struct {
		Versions []functionJSON `json:"versions"`
		Next     int            `json:"next_marker"`
		Count    int            `json:"count"`
	}{each(page, func(v api.Version) functionJSON { return s.encodeFunction(c, &function, &v) }), p.marker + len(page), count})
}
