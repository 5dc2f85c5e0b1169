package wire

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestUpdateReplacesTheLink(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.create(t, seed(t))
	old := w.show(t, "mysql_link")
	body := strings.Replace(seed(t), `"name" : "linkConfig.fetchSize",
          "value" : "100000"`, `"name" : "linkConfig.commitSize", "value" : "50"`, 1)
	body = strings.Replace(body, `"enabled" : true`, `"enabled" : false`, 1)
	rec := w.send("PUT", w.links("c", "/mysql_link"), body)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	require.Equal(t, `{"validation-result":[{}]}`, rec.Body.String())

	l := w.show(t, "mysql_link")
	require.Equal(t, *old.ID, *l.ID)
	require.Equal(t, *old.Created, *l.Created)
	require.False(t, *l.Enabled)
	require.Nil(t, l.input(t, "linkConfig.fetchSize").Value, "what is absent is cleared")
	require.Equal(t, "50", l.input(t, "linkConfig.commitSize").Value)
}

func TestUpdateVariants(t *testing.T) {
	t.Parallel()
	w := start(t)
	put := func(t *testing.T, name, body string) *httptest.ResponseRecorder {
		t.Helper()
		return w.send("PUT", w.links("c", "/"+name), body)
	}
	t.Run("wrapped twice, as gophertelekomcloud does", func(t *testing.T) {
		t.Parallel()
		w.create(t, sftp("twice"))
		require.Equal(t, 200, put(t, "twice", `{"links":`+sftp("twice", "linkConfig.port", `"2222"`, "linkConfig.password", `"new-password"`)+`}`).Code)
		l := w.show(t, "twice")
		require.Equal(t, "2222", l.input(t, "linkConfig.port").Value)
	})
	t.Run("renamed", func(t *testing.T) {
		t.Parallel()
		w.create(t, sftp("before"))
		require.Equal(t, 200, put(t, "before", sftp("after")).Code)
		require.Equal(t, unknownLink, w.send("GET", w.links("c", "/before"), "").Code)
		require.Equal(t, "after", w.show(t, "after").Name)
	})
	t.Run("renamed to a taken name", func(t *testing.T) {
		t.Parallel()
		w.create(t, sftp("one"))
		w.create(t, sftp("two"))
		code, _ := message(t, put(t, "one", sftp("two")))
		require.Equal(t, "Cdm.0315", code)
	})
	t.Run("another connector", func(t *testing.T) {
		t.Parallel()
		w.create(t, sftp("fixed"))
		rec := put(t, "fixed", strings.Replace(sftp("fixed"), "sftp-", "ftp-", 1))
		require.Equal(t, 400, rec.Code)
		code, _ := message(t, rec)
		require.Equal(t, "Cdm.0014", code)
	})
	t.Run("what was read is written back", func(t *testing.T) {
		t.Parallel()
		w.create(t, mysql("echo", anyText, `"a%20b c"`, "linkConfig.jdbcProperties", `{"socketTimeout":"5"}`, "dialect.identifierEnclose", `"\""`))
		body := w.send("GET", w.links("c", "/echo"), "").Body.String()
		require.Contains(t, body, "a%2520b%20c")
		require.Equal(t, 200, put(t, "echo", body).Code)
		now := w.send("GET", w.links("c", "/echo"), "").Body.String()
		date := regexp.MustCompile(`"update-date":\d+`)
		require.Equal(t, date.ReplaceAllString(body, ""), date.ReplaceAllString(now, ""), "nothing has changed")
	})
}

func TestSecretsOnUpdate(t *testing.T) {
	t.Parallel()
	w := start(t)
	secret := func(t *testing.T, body string) (string, bool) {
		t.Helper()
		draft, err := readDraft([]byte(body), &api.Link{Connector: "sftp-connector"})
		require.NoError(t, err)
		s, typed := draft.Secrets["linkConfig.password"]
		return s.Reveal(), typed
	}
	const typed = `"value":"hunter2hunter2"`
	keep := map[string]string{
		"absent":                  strings.Replace(sftp("a"), `,{"name":"linkConfig.password",`+typed+`}`, "", 1),
		"without a value":         strings.Replace(sftp("a"), ","+typed, "", 1),
		"null":                    strings.Replace(sftp("a"), typed, `"value":null`, 1),
		"exported":                strings.Replace(sftp("a"), typed, `"value":"Add password here"`, 1),
		"exported with full stop": strings.Replace(sftp("a"), typed, `"value":"Add password here."`, 1),
	}
	for name, body := range keep {
		t.Run(name+" keeps", func(t *testing.T) {
			t.Parallel()
			_, typed := secret(t, body)
			require.False(t, typed)
			w.create(t, sftp(strings.ReplaceAll(name, " ", "_")))
			rec := w.send("PUT", w.links("c", "/"+strings.ReplaceAll(name, " ", "_")), strings.Replace(body, `"name":"a"`, `"name":"`+strings.ReplaceAll(name, " ", "_")+`"`, 1))
			require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		})
	}
	t.Run("text replaces", func(t *testing.T) {
		t.Parallel()
		text, typed := secret(t, sftp("a"))
		require.True(t, typed)
		require.Equal(t, "hunter2hunter2", text)
	})
	t.Run("the empty text removes, which a required one refuses", func(t *testing.T) {
		t.Parallel()
		w.create(t, sftp("empty"))
		rec := w.send("PUT", w.links("c", "/empty"), strings.Replace(sftp("empty"), "hunter2hunter2", "", 1))
		require.Equal(t, http.StatusInternalServerError, rec.Code)
		require.Contains(t, found(t, rec)[0].Message, "linkConfig.password:")
	})
	t.Run("another destination asks again", func(t *testing.T) {
		t.Parallel()
		w.create(t, sftp("moved"))
		body := strings.Replace(strings.Replace(sftp("moved"), `"hunter2hunter2"`, "null", 1), "sftp.example.com", "evil.example.com", 1)
		rec := w.send("PUT", w.links("c", "/moved"), body)
		require.Equal(t, http.StatusInternalServerError, rec.Code)
		require.Contains(t, found(t, rec)[0].Message, "linkConfig.password: The destination or the user has changed.")
	})
}

func FuzzLinkBody(f *testing.F) {
	f.Add(seed(f), false)
	f.Add(sftp("a"), true)
	f.Add(`{"links":{"links":[{"name":"a","connector-name":"http-connector"}]}}`, true)
	f.Add(`{"links":[{"link-config-values":{"configs":[{"inputs":[{"name":"x","value":{"a":[1,null]}}]}],"extended-configs":null}}]}`, false)
	f.Add(`{"links":[{"name":"a","connector-name":"generic-jdbc-connector","link-config-values":{"configs":[null,{"inputs":[null]}]}}]}`, true)
	f.Fuzz(func(t *testing.T, body string, update bool) {
		var stored *api.Link
		if update {
			stored = &api.Link{Connector: "sftp-connector", Inputs: map[string]string{"linkConfig.server": "a b"}}
		}
		draft, err := readDraft([]byte(body), stored)
		if err != nil {
			require.Equal(t, api.Invalid, api.CodeOf(err))
			c := new(server).context("POST", "/")
			require.Equal(t, http.StatusBadRequest, cdmError(c, err).status)
			return
		}
		require.NotNil(t, draft.Inputs)
		text, err := json.Marshal(encodeLink(&api.Link{Name: draft.Name, Connector: draft.Connector, Inputs: draft.Inputs, Extended: draft.Extended}))
		require.NoError(t, err)
		var back sdkLink
		require.NoError(t, json.Unmarshal(text, &back))
	})
}
