package paste_test

import (
	"errors"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/connector/paste"
)

// seeds are the texts of the specification.
func seeds() []string {
	var texts []string
	for _, file := range []string{"paste_test.go", "command_test.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		for _, found := range regexp.MustCompile("(?m)^\t+\\{?(\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`),").FindAllSubmatch(source, -1) {
			if text, err := strconv.Unquote(string(found[1])); err == nil {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

func FuzzRead(f *testing.F) {
	for _, text := range seeds() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := paste.Read(text)
		if err != nil {
			e, ok := errors.AsType[*api.Error](err)
			require.True(t, ok)
			require.Equal(t, api.Invalid, e.Code)
			return
		}
		requireSound(t, r)
		sentences(t, r)
		again, err := paste.Read(text)
		require.NoError(t, err)
		require.Equal(t, show(r), show(again), "the same text means the same")
	})
}

// FuzzPassword: whatever a password is, written as each form wants it written,
// it is read exactly, and told to nobody.
func FuzzPassword(f *testing.F) {
	for _, secret := range []string{"hunter2hunter2", "p@ss/w:o?r#d", "100% 'quoted' \\", "a;b{c}d=e&f+g", "密码密码密码", "-rf --all", "$(reboot) `id`", "tcp(a)/b@c"} {
		f.Add(secret)
	}
	in := func(before, after string, escape func(string) string) func(string) string {
		return func(secret string) string { return before + escape(secret) + after }
	}
	shell := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	keyword := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'" }
	double := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	param := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	forms := []func(string) string{
		in("mysql://ada:", "@db:3306/orders", url.PathEscape),
		in("jdbc:postgresql://db/orders?user=ada&password=", "&ssl=true", param),
		in("jdbc:sqlserver://db;user=ada;password={", "};encrypt=true", func(s string) string { return strings.ReplaceAll(s, "}", "}}") }),
		in("Server=db;User Id=ada;Password=", ";Database=orders", double),
		in("host=db user=ada password=", " dbname=orders", keyword),
		in("ada:", "@tcp(db:3306)/orders", func(s string) string { return s }),
		in("mysql -h db -u ada -p", " orders", shell),
		in("PGPASSWORD=", " psql -h db -U ada orders", shell),
		in("redis-cli -h cache -a ", " -n 1", shell),
		in("mongosh --host db -u ada --password=", " orders", shell),
	}
	ours := regexp.MustCompile(`[$#]\{|\{\{|^<.*>$|%[A-Za-z_][A-Za-z0-9_]*%|&amp;`) // placeholders, and XML
	plain := regexp.MustCompile(`^[\p{L}\p{N}\p{P}\p{S} ]{8,100}$`)
	f.Fuzz(func(t *testing.T, secret string) {
		if ours.MatchString(secret) || !plain.MatchString(secret) || strings.TrimSpace(secret) != secret || strings.ContainsRune(secret, utf8.RuneError) {
			return
		}
		for _, form := range forms {
			text := form(secret)
			r, err := paste.Read(text)
			require.NoError(t, err, text)
			require.Equal(t, secret, r.Secrets["linkConfig.password"].Reveal(), text)
			require.Len(t, r.Secrets, 1, text)
			if len(secret) > 16 { // shorter ones can be words of a sentence
				require.NotContains(t, sentences(t, r), secret, text)
			}
		}
	})
}
