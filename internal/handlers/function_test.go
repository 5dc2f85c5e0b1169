package handlers_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// functions is the path of the project's functions.
func (s *site) functions() string { return "/p/" + s.project.ID + "/aliases/functions" }

// register stores a function with a version of each of those names, no two alike.
func (s *site) register(name string, versions ...string) api.Function {
	s.t.Helper()
	fn, err := s.service.CreateFunction(s.t.Context(), s.scope(), apitest.FunctionDraft(name))
	require.NoError(s.t, err)
	for _, version := range versions {
		_, err := s.service.SetUpstream(s.t.Context(), s.scope(), fn.ID, api.LatestVersion, "https://"+version+".example.com/run")
		require.NoError(s.t, err)
		_, err = s.service.PublishVersion(s.t.Context(), s.scope(), fn.ID, api.VersionDraft{Name: version, Description: "about " + version})
		require.NoError(s.t, err)
	}
	return s.function(fn.ID)
}

func (s *site) function(id string) api.Function {
	s.t.Helper()
	fn, err := s.service.Function(s.t.Context(), s.scope(), id)
	require.NoError(s.t, err)
	return fn
}

// point stores an alias; an additional version gets 10 percent.
func (s *site) point(function, name, main, additional string) api.Alias {
	s.t.Helper()
	d := api.AliasDraft{Name: name, Version: main}
	if additional != "" {
		d.Weights = []api.WeightDraft{{Version: additional, Weight: "10"}}
	}
	alias, err := s.service.CreateAlias(s.t.Context(), s.scope(), function, d)
	require.NoError(s.t, err)
	return alias
}

// typedFunction is what the form of a new function sends.
func typedFunction(pairs ...string) url.Values {
	v := url.Values{
		"func_name": {"orders"}, "package": {""}, "description": {"answers\r\norders"}, "upstream": {" https://orders.example.com/run "},
		"runtime": {"http"}, "runtime_shown": {"http"}, "handler": {"-"}, "timeout": {"30"}, "memory_size": {"128"},
		"code_type": {"inline"}, "code_shown": {"inline"}, "func_code": {"a\r\nb"}, "user_data": {""},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func TestTheListOfFunctions(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.get(s.functions()).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".empty"), "does not run the code itself")
	require.Equal(t, 3, p.Find(".lesson li").Length(), "an empty list teaches")
	require.Equal(t, "/p/"+s.project.ID+"/aliases", p.Find(".nav a[aria-current=page]").First().AttrOr("href", ""), "it stands in the section of aliases")
	require.Equal(t, s.functions(), p.Find(".tab-bar a[aria-current=page]").AttrOr("href", ""))

	orders, other := s.register("orders", "v1"), apitest.FunctionDraft("audit")
	other.Package = "shop"
	audit, err := s.service.CreateFunction(t.Context(), s.scope(), other)
	require.NoError(t, err)
	s.point(orders.ID, "prod", "v1", "")

	t.Run("names what a function is, and what it has", func(t *testing.T) {
		p := s.get(s.functions())
		row := p.text("#row-" + orders.ID)
		for _, part := range []string{"orders", "answers orders", "default", "Python3.9", "2 versions", "1 alias", "grace"} {
			require.Contains(t, row, part)
		}
		require.Contains(t, p.text("#row-"+audit.ID), "no upstream")
		require.Equal(t, s.functions()+"/"+orders.ID, p.Find("#row-"+orders.ID+" .row-link").AttrOr("href", ""))
	})
	t.Run("is searched, sorted and restricted to a package by its address", func(t *testing.T) {
		for query, want := range map[string][]string{
			"q=ORD": {"orders"}, "order=desc": {"orders", "audit"}, "package=shop": {"audit"}, "package=none": nil,
			"sort=updated&order=desc": {"audit", "orders"}, "sort=;&order=up&cursor=%00": {"audit", "orders"},
		} {
			require.Equal(t, want, s.get(s.functions()+"?"+query).requireStatus(http.StatusOK).names(), query)
		}
		p := s.get(s.functions() + "?package=shop")
		require.Equal(t, "shop", p.value("package"), "a search keeps the package")
		require.Equal(t, s.functions(), p.Find(".chip-remove").AttrOr("href", ""))
	})
	t.Run("a page of it is a fragment", func(t *testing.T) {
		p := s.get(s.functions()+"?q=aud", fragment("functions-table")...)
		require.False(t, p.whole())
		require.Equal(t, []string{"audit"}, p.names())
	})
	t.Run("goes on from page to page", func(t *testing.T) {
		for n := range api.DefaultPage {
			s.register(fmt.Sprintf("many-%02d", n))
		}
		p := s.get(s.functions())
		require.Len(t, p.names(), api.DefaultPage)
		next := s.get(p.Find("a[rel=next]").AttrOr("href", ""))
		require.Equal(t, []string{fmt.Sprintf("many-%02d", api.DefaultPage-1), "orders"}, next.names())
	})
}

func TestAFunctionIsRegistered(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.functions()
	p := s.get(path + "/new").requireStatus(http.StatusOK)
	for name, want := range map[string]string{
		"package": "default", "runtime": "http", "handler": "-", "timeout": "30", "memory_size": "128", "code_type": "inline",
	} {
		require.Equal(t, want, p.value(name), name)
	}
	require.Contains(t, p.text("#section-code"), "not the code", "it is said plainly that code is not kept")
	require.Contains(t, p.text("#upstream-help"), "https://orders.example.com")

	t.Run("what is wrong is said at its field, and nothing typed is lost", func(t *testing.T) {
		bad := typedFunction("func_name", "9", "timeout", "1.5", "memory_size", "100", "upstream", "ftp://x", "user_data", "[]")
		p := s.post(path, bad).requireStatus(http.StatusUnprocessableEntity)
		for _, field := range []string{"func_name", "timeout", "memory_size", "upstream", "user_data"} {
			require.NotEmpty(t, p.text("#"+field+"-error"), field)
			require.Equal(t, bad.Get(field), p.value(field)+p.Find("textarea[name="+field+"]").Text(), field)
		}
		require.Equal(t, 1, p.Find("#section-more[open]").Length(), "what is folded away opens")
	})
	t.Run("a field is judged as it is left", func(t *testing.T) {
		p := s.post(path+"/validate", typedFunction("func_name", "", "upstream", "nowhere"), fragment("field-upstream")...).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find(".field").Length())
		require.Contains(t, p.text("#upstream-error"), "whole address")
	})
	t.Run("it is stored as it was typed, with the digest of the code", func(t *testing.T) {
		answer := s.post(path, typedFunction()).requireStatus(http.StatusSeeOther)
		id := strings.TrimPrefix(answer.header.Get("Location"), path+"/")
		fn := s.function(id)
		require.Equal(t, "default", fn.Package)
		require.Equal(t, "answers\norders", fn.Latest.Config.Description)
		require.Equal(t, "https://orders.example.com/run", fn.Latest.Upstream)
		require.EqualValues(t, 3, fn.Latest.Code.Size, "a form's line ends are not part of the code")
		require.Contains(t, s.get(path+"/"+id).text(".notice-success"), "was registered")
		require.Contains(t, s.post(path, typedFunction()).requireStatus(http.StatusUnprocessableEntity).text("#func_name-error"), "already")
	})
}

func TestTheFormOfAFunctionFollowsWhatIsChosen(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	redraw := func(v url.Values) *page {
		return s.post(s.functions()+"/edit", v, fragment("function-form")...).requireStatus(http.StatusOK)
	}
	p := redraw(typedFunction("runtime", "Python3.9"))
	require.Empty(t, p.value("handler"), "who does not speak HTTP needs a handler")
	require.Equal(t, 4, p.Find("[name=code_type] option").Length())
	require.Empty(t, p.Find(".field-error").Text(), "a choice judges nothing")
	p = redraw(typedFunction("runtime", "http", "runtime_shown", "Python3.9", "handler", "index.handler"))
	require.Equal(t, "-", p.value("handler"))
	require.Contains(t, p.text("#runtime-help"), "rules of aliases")

	p = redraw(typedFunction("runtime", "Custom Image"))
	require.Equal(t, api.CodeImage, p.value("code_type"), "an image has one kind of code only")
	require.Equal(t, 1, p.Find("#code_url").Length())
	require.Zero(t, p.Find("#func_code").Length())
	require.Equal(t, "a\nb", strings.ReplaceAll(p.value("code.inline"), "\r", ""), "what was typed for another kind of code is kept")
	back := typedFunction("runtime", "http", "runtime_shown", "Custom Image", "code_type", api.CodeImage, "code_shown", api.CodeImage, "code_url", "swr/x:1", "code.inline", "typed")
	back.Del("func_code")
	p = redraw(back)
	require.Equal(t, "typed", p.text("#func_code"), "and comes back with that choice")
	require.Equal(t, "swr/x:1", p.value("code."+api.CodeImage))
	require.Equal(t, "typed", redraw(typedFunction("func_code", "typed")).text("#func_code"), "what does not change stays")

	p = redraw(typedFunction("code_type", "zip"))
	require.Equal(t, 1, p.Find("input[type=file][name='func_code.file'][hx-preserve]").Length(), "a chosen file stays when the form is redrawn")
	require.Equal(t, "application/x-www-form-urlencoded", p.Find("#field-runtime").AttrOr("hx-encoding", ""), "and is sent only with the whole form")
	require.Equal(t, "multipart/form-data", p.Find("form").AttrOr("enctype", ""))
	p = s.post(s.functions()+"/edit", typedFunction("language", "zh"))
	require.Equal(t, "zh-Hans", p.Find("html").AttrOr("lang", ""))
	require.Equal(t, "orders", p.value("func_name"))
}

// uploadCode posts a form with a file of code.
func (s *site) uploadCode(path string, v url.Values, name string, content []byte, headers ...header) *page {
	s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for key := range v {
		require.NoError(s.t, w.WriteField(key, v.Get(key)))
	}
	part, err := w.CreateFormFile("func_code.file", name)
	require.NoError(s.t, err)
	_, err = part.Write(content)
	require.NoError(s.t, err)
	require.NoError(s.t, w.Close())
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.server.URL+path, &body)
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, h := range headers {
		req.Header.Set(h.name, h.value)
	}
	return s.do(req)
}

func TestTheCodeOfAFunctionIsUploaded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	v := typedFunction("code_type", "zip", "code_shown", "zip", "func_code", "")
	big := bytes.Repeat([]byte("code"), 1<<20) // more than any other form takes
	answer := s.uploadCode(s.functions(), v, "orders.zip", big).requireStatus(http.StatusSeeOther)
	fn := s.function(strings.TrimPrefix(answer.header.Get("Location"), s.functions()+"/"))
	require.Equal(t, api.FunctionCode{Type: "zip", Filename: "orders.zip", Size: int64(len(big)), Digest: fn.Latest.Code.Digest}, fn.Latest.Code)
	require.Contains(t, s.get(s.functions()+"/"+fn.ID+"/settings").text(".details"), "4.0 MB")

	t.Run("a refused form without script asks for the file again", func(t *testing.T) {
		v.Set("func_name", "9")
		p := s.uploadCode(s.functions(), v, "second.zip", []byte("x")).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#func_code-help"), "Choose second.zip again")
		p = s.uploadCode(s.functions(), v, "second.zip", []byte("x"), fragment("function-form")...).requireStatus(http.StatusUnprocessableEntity)
		require.NotContains(t, p.text("#func_code-help"), "again", "htmx keeps it")
	})
	t.Run("base64 can be pasted instead", func(t *testing.T) {
		v.Set("func_name", "pasted")
		v.Set("func_code", " not base64 ")
		require.Contains(t, s.post(s.functions(), v).requireStatus(http.StatusUnprocessableEntity).text("#func_code-error"), "not base64")
		v.Set("func_code", "YWJj")
		answer := s.post(s.functions(), v).requireStatus(http.StatusSeeOther)
		require.EqualValues(t, 3, s.function(strings.TrimPrefix(answer.header.Get("Location"), s.functions()+"/")).Latest.Code.Size)
	})
	t.Run("code in object storage and images are given by address", func(t *testing.T) {
		v := typedFunction("func_name", "stored", "code_type", "obs", "code_shown", "obs", "code_url", "")
		require.NotEmpty(t, s.post(s.functions(), v).requireStatus(http.StatusUnprocessableEntity).text("#code_url-error"))
		v.Set("code_url", " https://obs.example.com/x.zip ")
		answer := s.post(s.functions(), v).requireStatus(http.StatusSeeOther)
		fn := s.function(strings.TrimPrefix(answer.header.Get("Location"), s.functions()+"/"))
		require.Equal(t, "https://obs.example.com/x.zip", fn.Latest.Code.URL)
		require.Zero(t, fn.Latest.Code.Size)
	})
}

func TestAFunctionIsEdited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	fn := s.register("orders", "v1")
	path := s.functions() + "/" + fn.ID
	p := s.get(path + "/edit").requireStatus(http.StatusOK)
	require.Equal(t, "orders", p.text("#func_name"), "the name is fixed")
	require.Contains(t, p.text("#func_code-help"), "Leave it empty to keep")
	typed := typedFunction("runtime", "Python3.9", "runtime_shown", "Python3.9", "handler", "index.handler", "func_code", "", "timeout", "60", "version", p.value("version"))

	t.Run("what the form does not ask for stays, the code too", func(t *testing.T) {
		s.post(path, typed).requireRedirect(path)
		after := s.function(fn.ID)
		require.Equal(t, fn.Latest.Code.Digest, after.Latest.Code.Digest)
		require.Equal(t, "https://orders.example.com/run", after.Latest.Upstream)
		require.EqualValues(t, 60, after.Latest.Config.Timeout.Seconds())
		require.Equal(t, "orders", after.Name)
	})
	t.Run("who saves second sees what changed and by whom, keeps what he typed, and chooses", func(t *testing.T) {
		typed.Set("timeout", "90")
		p := s.post(path, typed).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text(".form-first .notice-title"), user+" saved this function")
		require.Equal(t, "Timeout in seconds9060", p.text(".diff tbody tr"))
		require.Equal(t, "90", p.value("timeout"))
		require.Equal(t, path+"/edit", p.Find(".form-first a").AttrOr("href", ""))
		typed.Set("version", p.value("version"))
		s.post(path, typed).requireRedirect(path)
		require.EqualValues(t, 90, s.function(fn.ID).Latest.Config.Timeout.Seconds())
	})
	t.Run("a function of nobody here is not found", func(t *testing.T) {
		for _, sub := range []string{"", "/aliases", "/settings", "/history", "/edit", "/publish", "/delete", "/versions/latest", "/versions/latest/delete"} {
			s.get(s.functions() + "/0000" + sub).requireStatus(http.StatusNotFound)
		}
		s.post(s.functions()+"/0000", typed).requireStatus(http.StatusNotFound)
		s.get(path + "/versions/v9").requireStatus(http.StatusNotFound)
	})
}

func TestAFunctionIsDeletedWithWhatItHas(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	fn, plain := s.register("orders", "v1", "v2"), s.register("plain")
	prod := s.point(fn.ID, "prod", "v1", "v2")
	path := s.functions() + "/" + fn.ID
	p := s.get(path + "/delete").requireStatus(http.StatusOK)
	require.Contains(t, p.text(".consequences"), "Its 3 versions")
	require.Equal(t, "prod Aliaslatest Versionv2 Versionv1 Version", p.text(".name-list"))
	require.Equal(t, 1, p.Find(".name-list a[href='/p/"+s.project.ID+"/aliases/"+prod.ID+"']").Length())

	for _, typed := range []string{"", "order"} {
		p = s.post(path+"/delete", url.Values{"confirm": {typed}, "version": {p.value("version")}}).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#confirm-error"), "Type orders")
	}
	stale := url.Values{"confirm": {"orders"}, "version": {"1"}}
	s.post(path+"/delete", stale).requireRedirect(path)
	require.Contains(t, s.get(path).text(".notice-warning"), "changed this function meanwhile")
	s.post(path+"/delete", url.Values{"confirm": {" orders "}, "version": {p.value("version")}}).requireRedirect(s.functions())
	require.Equal(t, []string{"plain"}, s.get(s.functions()).names())

	p = s.get(s.functions() + "/" + plain.ID + "/delete")
	require.Zero(t, p.Find("[name=confirm]").Length(), "without aliases one click is enough")
	s.post(s.functions()+"/"+plain.ID+"/delete", url.Values{"version": {p.value("version")}}).requireRedirect(s.functions())
}
