package handlers

import (
	"encoding/base64"
	"io"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/web/templates/form"
)

// readSecret finds what is meant by a secret's fields: text just typed, a file,
// text typed into an earlier rendering of the form, or the stored one.
func (p *pages) readSecret(c echo.Context, lf *linkForm, in *connector.Input) error {
	if in.Kind == connector.File {
		file, err := uploaded(c, in.Name+".file")
		if err != nil {
			return err
		}
		if file != "" {
			lf.values.Set(in.Name, file)
		}
	}
	stored := lf.stored(in.Name)
	typed := p.typedSecret(c, lf.values, in.Name, stored)
	mode := lf.values.Get(in.Name + ".mode")
	if stored && (keeps(mode) || typed == "" && mode == form.Again) {
		return nil // nobody chose to replace it
	}
	if _, fault := in.Judge(typed); typed != "" && fault == nil {
		lf.held[in.Name] = p.hold(c, in.Name, typed)
	}
	if typed != "" || stored {
		lf.draft.Secrets[in.Name] = api.NewSecret(typed)
	}
	return nil
}

// stored reports whether the link that the form is based on has that secret.
func (lf *linkForm) stored(path string) bool { return lf.base != nil && lf.base.HasSecret[path] }

// keeps reports whether a stored secret is to stay as it is.
func keeps(mode string) bool { return mode != form.Replace && mode != form.Again }

// uploaded returns the posted file as base64 text, or "".
func uploaded(c echo.Context, name string) (string, error) {
	raw, err := postedFile(c, name)
	return base64.StdEncoding.EncodeToString(raw), err
}

// postedFile returns what is in the posted file, nothing if there is none.
func postedFile(c echo.Context, name string) ([]byte, error) {
	header, err := c.FormFile(name)
	if err != nil || header.Size == 0 {
		return nil, nil // no file was posted
	}
	f, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
