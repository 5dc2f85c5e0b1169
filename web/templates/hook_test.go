package templates_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// snippet is a piece of code as the page of alerts shows it.
func snippet(t *testing.T, id string) string {
	t.Helper()
	ctx := locale.With(t.Context(), "en")
	doc, _ := render(t, ctx, templates.HookPage(frame(), templates.HookView{Base: "/p/1/links", Form: templates.HookForm(ctx, "/p/1/links", api.Hook{})}))
	code := doc.Find("#" + id + " code")
	require.Equal(t, 1, code.Length())
	return code.Text()
}

// verdicts is what a program around a snippet says of a genuine event signed
// with a plain secret, of one signed with a secret in base64, of one that was
// changed and of one that is old.
const verdicts = "true true false false"

// runSnippet writes a program and runs it. Where the language is missing the
// test is skipped, or fails when the environment has CI set.
func runSnippet(t *testing.T, program, file, text string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	path := filepath.Join(t.TempDir(), file)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	out, err := exec.CommandContext(t.Context(), program, append(args, path)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, verdicts, strings.TrimSpace(string(out)))
}

func TestTheSnippetsTellOurEventsFromOthers(t *testing.T) {
	t.Parallel()
	t.Run("in Python", func(t *testing.T) {
		t.Parallel()
		runSnippet(t, "python3", "verify.py", snippet(t, "verify-python")+`
def signed(key, body, at):
    signature = base64.b64encode(hmac.new(key, b"id." + str(at).encode() + b"." + body, hashlib.sha256).digest()).decode()
    return {"Webhook-Id": "id", "Webhook-Timestamp": str(at), "Webhook-Signature": "v1,other v1," + signature}

now, plain, key = int(time.time()), "a-secret-of-enough-letters", b"0123456789abcdef01234567"
encoded = "whsec_" + base64.b64encode(key).decode()
print(*(str(answer).lower() for answer in (
    ours(plain, signed(plain.encode(), b"{}", now), b"{}"),
    ours(encoded, signed(key, b"{}", now), b"{}"),
    ours(plain, signed(plain.encode(), b"{}", now), b"{ }"),
    ours(plain, signed(plain.encode(), b"{}", now - 3600), b"{}"),
)))
`)
	})
	t.Run("in Go", func(t *testing.T) {
		t.Parallel()
		runSnippet(t, "go", "verify.go", `package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

`+snippet(t, "verify-go")+`
func signed(key []byte, body string, at time.Time) http.Header {
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("id." + seconds + "." + body))
	h := http.Header{}
	h.Set("Webhook-Id", "id")
	h.Set("Webhook-Timestamp", seconds)
	h.Set("Webhook-Signature", "v1,other v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return h
}

func main() {
	now, plain, key := time.Now(), "a-secret-of-enough-letters", []byte("0123456789abcdef01234567")
	encoded := "whsec_" + base64.StdEncoding.EncodeToString(key)
	fmt.Println(
		ours(plain, signed([]byte(plain), "{}", now), []byte("{}")),
		ours(encoded, signed(key, "{}", now), []byte("{}")),
		ours(plain, signed([]byte(plain), "{}", now), []byte("{ }")),
		ours(plain, signed([]byte(plain), "{}", now.Add(-time.Hour)), []byte("{}")),
	)
}
`, "run")
	})
}
