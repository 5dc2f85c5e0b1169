package handlers

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// importRoute is where files of links are sent to.
const importRoute = "/p/:project/links/import"

// importPlace binds the file on its way from the plan to its application.
const importPlace = "import"

func (p *pages) importLinksPage(c echo.Context) error {
	return p.showImport(c, http.StatusOK, templates.ImportView{Cluster: api.DefaultCluster})
}

func (p *pages) showImport(c echo.Context, status int, v templates.ImportView) error {
	v.Base = linksPath(c)
	var err error
	if v.Clusters, err = p.Service.ListClusters(c.Request().Context(), p.scope(c)); err != nil {
		return err
	}
	if !v.Clusters.Open && v.Clusters.Name(v.Cluster) == "" {
		v.Cluster = v.Clusters.Usual()
	}
	return p.render(c, status, templates.LinkImport(p.frame(c, "transfer.import_title"), v))
}

// planImport reads a file or a pasted text and shows what importing it would
// do. Nothing is stored.
func (p *pages) planImport(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	v := templates.ImportView{Cluster: strings.TrimSpace(values.Get("cluster"))}
	text, err := importText(c, values.Get("text"))
	var drafts []api.LinkDraft
	if err == nil {
		drafts, err = p.LinkFile.Read([]byte(text), v.Cluster)
	}
	if err == nil {
		v.Rows, err = api.PlanImport(c.Request().Context(), p.Service, p.scope(c), drafts)
	}
	if e := domainError(err); err != nil && e.Code != api.Internal {
		// A text that may hold secrets does not go back into the page: with
		// script, the browser keeps it in its input.
		v.Refused = e.Message
		return p.showImport(c, http.StatusUnprocessableEntity, v)
	} else if err != nil {
		return err
	}
	if v.Held, err = p.holdFile(c, text); err != nil {
		return err
	}
	v.Untouched()
	return p.showImport(c, http.StatusOK, v)
}

// importText is what was sent to be imported: a file, or what was pasted.
func importText(c echo.Context, pasted string) (string, error) {
	file, err := c.FormFile("file")
	chosen, typed := err == nil && file.Size > 0, strings.TrimSpace(pasted) != ""
	switch {
	case chosen && typed:
		return "", api.Errorf(api.Invalid, "transfer.both")
	case !chosen && !typed:
		return "", api.Errorf(api.Invalid, "transfer.nothing")
	case typed:
		return pasted, nil
	}
	f, err := file.Open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	return string(text), err
}

// applyImport plans again, because things may have changed meanwhile, and
// stores what was ticked. If what would be done is not what was shown, or a
// secret is still missing, the plan is shown again instead.
func (p *pages) applyImport(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	v := templates.ImportView{Cluster: values.Get("cluster"), Held: values.Get("held"), Picked: map[int]bool{}, HeldSecrets: map[string]string{}}
	text, err := p.unholdFile(c, v.Held)
	if err != nil {
		v.Refused = api.M("transfer.expired")
		return p.showImport(c, http.StatusUnprocessableEntity, v)
	}
	drafts, err := p.LinkFile.Read(text, v.Cluster)
	if err != nil {
		return err
	}
	for i := range drafts {
		v.Picked[i] = slices.Contains(values["pick"], strconv.Itoa(i))
		p.readImportSecrets(c, &v, i, &drafts[i])
	}
	if v.Rows, err = api.PlanImport(c.Request().Context(), p.Service, p.scope(c), drafts); err != nil {
		return err
	}
	picked := v.PickedRows()
	incomplete := slices.ContainsFunc(picked, func(r api.ImportRow) bool { return !r.Ready() })
	switch {
	case v.Plan() != values.Get("plan"):
		v.Notice = api.M("transfer.drifted")
	case len(picked) == 0:
		v.Notice = api.M("transfer.none_picked")
	case incomplete:
		v.Notice, v.AskAll = api.M("transfer.incomplete"), true
	default:
		return p.finishImport(c, picked, values.Get("test") == "true")
	}
	return p.showImport(c, http.StatusUnprocessableEntity, v)
}

// finishImport stores the rows and, if that is wanted, has the systems behind
// them asked.
func (p *pages) finishImport(c echo.Context, rows []api.ImportRow, test bool) error {
	outcomes, err := api.ApplyImport(c.Request().Context(), p.Service, p.scope(c), rows)
	if err != nil {
		return err
	}
	var stored []string
	for _, o := range outcomes {
		if o.Err == nil {
			stored = append(stored, o.ID)
		}
	}
	v := templates.ImportView{Outcomes: outcomes}
	if test && len(stored) > 0 {
		run, err := p.Service.StartRun(c.Request().Context(), p.scope(c), api.KindLink, stored)
		if err != nil {
			return err
		}
		v.Run = run.ID
	}
	return p.showImport(c, http.StatusOK, v)
}

// readImportSecrets puts what was typed for a row's secrets into its draft: now,
// or into an earlier rendering of the plan.
func (p *pages) readImportSecrets(c echo.Context, v *templates.ImportView, row int, d *api.LinkDraft) {
	prefix := "secret." + strconv.Itoa(row) + "."
	for name := range c.Request().PostForm {
		path, ours := strings.CutPrefix(name, prefix)
		path, held := strings.CutSuffix(path, ".held")
		if !ours || held && c.FormValue(prefix+path) != "" {
			continue
		}
		text := c.FormValue(name)
		if held {
			text = p.unhold(c, prefix+path, text)
		}
		if text != "" {
			d.Secrets[path] = api.NewSecret(text)
			v.HeldSecrets[prefix+path] = p.hold(c, prefix+path, text)
		}
	}
}

// holdFile seals a file for the way through the page: it may hold secrets.
func (p *pages) holdFile(c echo.Context, text string) (string, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := io.WriteString(w, text)
	if err := errors.Join(err, w.Close()); err != nil {
		return "", err
	}
	return p.hold(c, importPlace, packed.String()), nil
}

var errNotHeld = errors.New("handlers: the file was not sealed for this session, or too long ago")

func (p *pages) unholdFile(c echo.Context, sealed string) ([]byte, error) {
	packed := p.unhold(c, importPlace, sealed)
	if packed == "" {
		return nil, errNotHeld
	}
	r, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxFile))
}
