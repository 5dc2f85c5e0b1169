package wire

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every form of a URN reaches the function on every path, escaped or not
// (spec/aliases.md §2).
func TestFormsOfAFunctionURN(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.release(t, w.function(t, "hello"), "v1.0")
	w.gray(t, "hello", "a1", "v1.0", "")
	short, full := w.project.ID+":default:hello", "urn:fss:local-1:"+w.project.ID+":function:default:hello"
	forms := []string{"hello", "default:hello", short, full}
	for _, qualifier := range []string{":latest", ":v1.0", ":!a1"} {
		forms = append(forms, short+qualifier, full+qualifier)
	}
	for _, form := range forms {
		for _, written := range []string{form, strings.ReplaceAll(form, ":", "%3A"), strings.ReplaceAll(form, ":", "%3a"), strings.ReplaceAll(form, "!", "%21"), "%68" + strings.TrimPrefix(form, "h")} {
			if strings.HasPrefix(written, "%68") && form != "hello" {
				continue
			}
			at := w.functions("/" + written)
			for _, call := range []string{
				"GET /config", "GET /versions", "GET /aliases", "GET /aliases/a1", "PUT /aliases/a1",
			} {
				method, rest, _ := strings.Cut(call, " ")
				rec := w.send(method, at+rest, `{"version":"v1.0"}`)
				require.Equal(t, http.StatusOK, rec.Code, call+" "+written+rec.Body.String())
			}
			flatFault(t, w.send("POST", at+"/aliases", aliasTo("a1", "latest", "")), 409, "FSS.1063")
			flatFault(t, w.send("POST", at+"/versions", `{"version":"v1.0"}`), 409, "FSS.1062")
			require.Equal(t, http.StatusOK, w.signed("GET", at+"/aliases", "").Code, "signed, too: "+written)
		}
	}
}

func TestURNsThatNameNoFunctionHere(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.function(t, "hello")
	for _, c := range []struct {
		urn, code string
		status    int
	}{
		{"urn:fss:local-1:" + w.other.ID + ":function:default:hello", "FSS.0403", 403},
		{w.other.ID + ":default:hello:latest", "FSS.0403", 403},
		{"urn:fss:cn-north-4:" + w.project.ID + ":function:default:hello", "FSS.1051", 404},
		{"tools:hello", "FSS.1051", 404},
		{"Hello", "FSS.1051", 404},
		{"urn:fss:local-1:" + w.project.ID + ":function:default", "FSS.1309", 400},
		{"urn:fgs:local-1:" + w.project.ID + ":function:default:hello", "FSS.1309", 400},
		{"a:b:c:d:e", "FSS.1309", 400},
		{"hello:", "FSS.1309", 400},
		{"%00", "FSS.1309", 400},
		{"%ff", "FSS.1309", 400},
		{"a%2Fb", "FSS.1309", 400},
		{strings.Repeat("a", 5000), "FSS.1051", 404},
	} {
		for _, call := range []string{"DELETE ", "GET /config", "PUT /config", "PUT /code", "GET /versions", "POST /versions", "GET /aliases", "POST /aliases", "GET /aliases/a", "PUT /aliases/a", "DELETE /aliases/a"} {
			method, rest, _ := strings.Cut(call, " ")
			flatFault(t, w.send(method, w.functions("/"+c.urn+rest), `{}`), c.status, c.code)
		}
	}
}
