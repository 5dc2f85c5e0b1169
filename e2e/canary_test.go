package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// A password goes in by every door, and comes out by none.
func TestPasswordsNeverComeOut(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		p := start(t)
		passwordsNeverComeOut(t, p, func() []byte { return folderContent(t, p.dir) })
	})
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		url := testserver.PostgreSQL(t).FreshDatabase(t)
		p := start(t, onDatabase(url))
		passwordsNeverComeOut(t, p, func() []byte { return append(folderContent(t, p.dir), dump(t, url)...) })
	})
}

func passwordsNeverComeOut(t *testing.T, p *program, stored func() []byte) {
	server := testserver.MariaDB(t)
	account := server.Account(t)
	right, wrong := "canary-"+rand.Text(), "canary-"+rand.Text()
	server.Exec(t, "ALTER USER `"+account.User+"`@`127.0.0.1` IDENTIFIED BY '"+right+"'")
	inputs := accountInputs(server, account)
	answers := new(recorder)

	c := p.call(t)
	c.http.Transport = answers
	typeIntoWire(c, inputs, right, wrong)
	v := p.enter(t)
	v.http.Transport = answers
	links := v.get("/").location + "/links"
	saved := typeIntoConsole(v, links, inputs, right, wrong)
	secrets, names := []string{right, wrong}, []string{"by_wire", "by_form"}
	if !p.lacks(t, "no region is made from there") {
		typeIntoRegion(v, strings.TrimSuffix(links, "/links")+"/replication/regions", right, wrong)
		bucket := testserver.S3(t)
		typeRegion(v, c, bucket, wrong)
		secrets, names = append(secrets, bucket.Password), append(names, "by_bucket")
	}

	c.send(http.MethodGet, c.links()+"/by_wire", nil)
	c.send(http.MethodGet, c.links()+"/all", nil)
	for _, page := range []string{"", "/edit", "/json", "/delete"} {
		require.Equal(t, http.StatusOK, v.get(saved+page).status)
	}
	for _, page := range []string{links, links + "/new?from=" + filepath.Base(saved), strings.TrimSuffix(links, "/links")} {
		require.Equal(t, http.StatusOK, v.get(page).status)
	}

	for _, secret := range secrets {
		requireAbsent(t, secret, "an answer", answers.text(), names...)
		requireAbsent(t, secret, "the log", []byte(p.output.String()), "http://127.0.0.1")
		requireAbsent(t, secret, "what is stored", stored(), append(names, account.User)...)
	}
}

// typeIntoWire sends the passwords through the wire API.
func typeIntoWire(c *caller, inputs map[string]string, right, wrong string) {
	c.t.Helper()
	with := func(password string) map[string]any {
		all := somewhere(inputs)
		all["password"] = password
		return linkBody("by_wire", all)
	}
	require.Equal(c.t, http.StatusInternalServerError, c.send(http.MethodPost, c.links(), with(wrong)).status)
	require.Equal(c.t, http.StatusOK, c.send(http.MethodPost, c.links(), with(right)).status)
	require.Equal(c.t, http.StatusInternalServerError, c.send(http.MethodPut, c.links()+"/by_wire", with(wrong)).status)
	require.Equal(c.t, http.StatusOK, c.send(http.MethodPut, c.links()+"/by_wire", with(right)).status)
	broken := with(right)
	broken["links"] = append(broken["links"].([]any), broken["links"].([]any)...)
	require.Equal(c.t, http.StatusBadRequest, c.send(http.MethodPost, c.links(), broken).status)
}

// typeIntoConsole sends the passwords through every form of a link and returns
// the path of the link that was saved.
func typeIntoConsole(v *visitor, links string, inputs map[string]string, right, wrong string) string {
	v.t.Helper()
	with := func(password string, more ...string) url.Values {
		form := url.Values{"name": {"by_form"}, "cluster": {cluster}, "connector": {"generic-jdbc-connector"}, "enabled": {"true"}}
		for name, value := range inputs {
			form.Set("linkConfig."+name, value)
		}
		form.Set("linkConfig.password", password)
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	require.Equal(v.t, http.StatusOK, v.post(links+"/validate", with(wrong)).status)
	require.Equal(v.t, http.StatusOK, v.post(links+"/edit", with(wrong, "op", "add:linkConfig.jdbcProperties")).status)
	require.Equal(v.t, http.StatusOK, v.post(links+"/test", with(wrong)).status)
	require.Equal(v.t, http.StatusOK, v.post(links+"/test", with(right)).status)
	require.Equal(v.t, http.StatusUnprocessableEntity, v.post(links, with(right, "name", "")).status)
	require.Equal(v.t, http.StatusUnprocessableEntity, v.post(links, with(wrong)).status)
	saved := v.post(links, with(right))
	require.Equal(v.t, http.StatusSeeOther, saved.status, saved.body)
	link := saved.location
	replace := []string{"linkConfig.password.mode", "replace"}
	require.Equal(v.t, http.StatusUnprocessableEntity, v.post(link, with(wrong, replace...)).status)
	require.Equal(v.t, http.StatusSeeOther, v.post(link, with(right, replace...)).status)
	clone := append(replace, "from", filepath.Base(link), "name", "by_clone")
	require.Equal(v.t, http.StatusUnprocessableEntity, v.post(links, with(wrong, clone...)).status)
	require.Equal(v.t, http.StatusSeeOther, v.post(links, with(right, clone...)).status)
	return link
}

// typeIntoRegion sends the passwords through every form of a region, as secret
// keys of a bucket that cannot be reached, and looks at its pages.
func typeIntoRegion(v *visitor, regions, right, wrong string) {
	v.t.Helper()
	with := func(secret string, more ...string) url.Values {
		form := url.Values{
			"name": {"by_form"}, "kind": {"s3"}, "endpoint": {"http://127.0.0.1:1"}, "bucket": {"backups"}, "access_key": {"AK"},
			"path_style": {"true"}, "secret": {secret},
		}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	require.Equal(v.t, http.StatusOK, v.post(regions+"/validate", with(wrong)).status)
	require.Equal(v.t, http.StatusOK, v.post(regions+"/edit", with(wrong, "kind", "folder")).status)
	require.Equal(v.t, http.StatusOK, v.post(regions+"/test", with(wrong)).status)
	require.Equal(v.t, http.StatusUnprocessableEntity, v.post(regions, with(right, "bucket", "")).status)
	saved := v.post(regions, with(right))
	require.Equal(v.t, http.StatusSeeOther, saved.status, saved.body)
	replace := []string{"secret.mode", "replace"}
	require.Equal(v.t, http.StatusUnprocessableEntity, v.post(saved.location, with(wrong, append(replace, "bandwidth", "x")...)).status)
	require.Equal(v.t, http.StatusSeeOther, v.post(saved.location, with(right, replace...)).status)
	require.Equal(v.t, http.StatusOK, v.post(saved.location+"/test", with("", "secret.mode", "keep")).status)
	for _, page := range []string{regions, saved.location, saved.location + "/edit", saved.location + "/delete"} {
		require.Equal(v.t, http.StatusOK, v.get(page).status)
	}
}

// requireAbsent requires that a secret is nowhere in a text, in no spelling,
// and that other words are there: else the search itself would prove nothing.
func requireAbsent(t *testing.T, secret, where string, text []byte, present ...string) {
	t.Helper()
	for _, word := range present {
		require.True(t, bytes.Contains(text, []byte(word)), "%q is not in %s", word, where)
	}
	for _, spelling := range spellings(secret) {
		if at := bytes.Index(text, []byte(spelling)); at >= 0 {
			around := text[max(0, at-300):min(len(text), at+len(spelling)+100)]
			require.Fail(t, "a password is in "+where, "spelled %q:\n%s", spelling, around)
		}
	}
}

// spellings are the forms in which a text could be hidden in another.
func spellings(text string) []string {
	all := []string{text, hex.EncodeToString([]byte(text))}
	for shift := range 3 { // base64 looks different at each of three places
		encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), text...))
		all = append(all, encoded[4:len(encoded)-4])
	}
	return all
}

// recorder keeps everything that servers answer.
type recorder struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = resp.Header.Write(&r.all)
	r.all.Write(body)
	return resp, nil
}

func (r *recorder) text() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.Bytes()
}

// folderContent is the content of every file below a folder.
func folderContent(t *testing.T, dir string) []byte {
	t.Helper()
	var all []byte
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all = append(all, content...)
		return err
	})
	require.NoError(t, err)
	return all
}

// dump is the content of a PostgreSQL database as text.
func dump(t *testing.T, url string) []byte {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if len(found) == 0 {
		missing(t, "this test needs a program: apt-get install postgresql-client")
	}
	out, err := exec.Command(found[0], "--data-only", "--inserts", url).Output()
	require.NoError(t, err)
	return out
}
