package api

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

var linesNow = time.Date(2026, 11, 22, 5, 30, 12, 345, time.UTC)

// shortLine is a line as the tests write it: permission|description|expires,
// then the problem's key.
func shortLine(l *PermissionLine) string {
	expires := ""
	if !l.Draft.Expires.IsZero() {
		expires = l.Draft.Expires.Format(time.RFC3339)
	}
	text := l.Draft.Permission + "|" + l.Draft.Description + "|" + expires
	if !l.Problem.IsZero() {
		text += " " + l.Path + ":" + l.Problem.Key
	}
	return text
}

func TestReadPermissionLines(t *testing.T) {
	t.Parallel()
	const a, b = "6e9dfd51d1124e8d8498dce894923a0d", "0605767b7c8045b2b6b5b3c2e1a4f3d2"
	const pa, pb = AccountPrefix + a, AccountPrefix + b
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"bare ids, one in each line":                {a + "\n" + b, []string{pa + "||", pb + "||"}},
		"whole permissions, in any case":            {pa + "\nIAM:Domain::" + b, []string{pa + "||", pb + "||"}},
		"a description after a comma":               {a + ", Acme", []string{pa + "|Acme|"}},
		"and when it expires":                       {a + ", Acme, 2027-01-31", []string{pa + "|Acme|2027-01-31T23:59:59Z"}},
		"an expiry without a description":           {a + ",,30d", []string{pa + "||2026-12-22T05:30:12Z"}},
		"text with commas before the expiry":        {a + ", Acme, Berlin, 12w", []string{pa + "|Acme, Berlin|2027-02-14T05:30:12Z"}},
		"a third column that is no time":            {a + ", Acme, Inc.", []string{pa + "|Acme| expires:lines.expires"}},
		"commas in quotes":                          {a + `,"Acme, ""the"" Inc."`, []string{pa + `|Acme, "the" Inc.|`}},
		"quotes inside of text are text":            {a + `,Acme "Inc"`, []string{pa + `|Acme "Inc"|`}},
		"everything in quotes":                      {`"` + a + `" , "Acme" , "6m"`, []string{pa + "|Acme|2027-05-22T05:30:12Z"}},
		"a quote that is not closed":                {a + `,"Acme`, []string{a + `,"Acme|| :lines.quote`}},
		"text after a closed quote":                 {`"` + a + `" x,Acme`, []string{`"` + a + `" x,Acme|| :lines.quote`}},
		"tabs, and commas are text then":            {a + "\tAcme, Inc.\t1y", []string{pa + "|Acme, Inc.|2027-11-22T05:30:12Z"}},
		"semicolons":                                {a + ";Acme, Inc.;30d", []string{pa + "|Acme, Inc.|2026-12-22T05:30:12Z"}},
		"full-width commas":                         {a + "，某公司，30天", []string{pa + "|某公司|2026-12-22T05:30:12Z"}},
		"full-width commas beside plain ones":       {a + "，某公司,30d", []string{pa + "|某公司|2026-12-22T05:30:12Z"}},
		"full-width commas in text":                 {a + ",某公司，北京", []string{pa + "|某公司，北京|"}},
		"full-width semicolons":                     {a + "；某公司", []string{pa + "|某公司|"}},
		"full-width colons and stars":               {"iam：domain：：" + a + "\n＊", []string{pa + "||", "*||"}},
		"everyone, also with the prefix":            {"*\niam:domain::*, all", []string{"*||", "*|all|"}},
		"trailing commas":                           {a + ",,,\n" + b + ",x,,", []string{pa + "||", pb + "|x|"}},
		"blanks of every kind":                      {"\u00a0 " + a + "\u3000\u200b,\u00a0Acme\u00a0Inc \ufeff", []string{pa + "|Acme Inc|"}},
		"CRLF, a lone CR, a BOM and no last break":  {"\ufeff" + a + "\r\n\r\n" + b + "\r*", []string{pa + "||", pb + "||", "*||"}},
		"comments, empty lines and empty rows":      {"# ours\n\n  # more\n,,,\n" + a, []string{pa + "||"}},
		"no account":                                {", Acme", []string{"|Acme| permission:lines.no_account"}},
		"what is no account stays as it is":         {"not an id\nurn:x:y", []string{AccountPrefix + "not an id||", "urn:x:y||"}},
		"a head row":                                {"id,description\n" + a + ",Acme", []string{pa + "|Acme|"}},
		"a head row in another order":               {"Expires;Description;Account ID\n2027-01-31;Acme; Inc;x\n;;" + a, []string{AccountPrefix + "Inc|Acme, x|2027-01-31T23:59:59Z description:lines.more_cells", pa + "||"}},
		"a head row with columns that do not count": {"permission\tcreated\tnote\n" + a + "\t2026-01-01\tAcme", []string{pa + "|Acme|"}},
		"a Chinese head row":                        {"描述,账号 ID,到期时间\n某公司," + a + ",2027/1/31", []string{pa + "|某公司|2027-01-31T23:59:59Z"}},
		"a head row only at the top":                {a + "\nid,description", []string{pa + "||", AccountPrefix + "id|description|"}},
		"only a head row":                           {"account", nil},
		"nothing":                                   {" \n\t\n", nil},
		"an expiry in the place of the description": {a + ", 30d\n" + a + ", 2027-01-31", []string{pa + "|30d| description:lines.expiry_described", pa + "|2027-01-31| description:lines.expiry_described"}},
		"which is one if the expiry says so":        {a + ", 30d, never", []string{pa + "|30d|"}},
		"no expiry in the place of the description": {a + ", never", []string{pa + "|never|"}},
		"two accounts in a line":                    {a + "," + b + "\n" + a + ", IAM:Domain::x", []string{pa + "|" + b + "| description:lines.one_account", pa + "|IAM:Domain::x| description:lines.one_account"}},
		"many accounts in a line":                   {a + "," + b + "," + b + "," + b, []string{pa + "|" + b + ", " + b + "| description:lines.one_account"}},
		"a description that names an account":       {a + ", took over from " + b, []string{pa + "|took over from " + b + "|"}},
		"breaks in quotes, as spreadsheets write":   {"id,note\r\n" + a + ",\"Acme\r\n\r\nBerlin\"\r\n" + b, []string{pa + "|Acme  Berlin|", pb + "||"}},
		"a quote that is closed too late":           {a + ",\"Acme" + strings.Repeat("\n", 21) + "\"", []string{a + ",\"Acme|| :lines.quote", "\"|| :lines.quote"}},
		"a quote that is closed in other text":      {a + ",\"Acme\n" + b + ",\"Beta", []string{a + ",\"Acme|| :lines.quote", b + ",\"Beta|| :lines.quote"}},
		"what is no UTF-8":                          {a + ",\xd6\xd0", []string{a + ",�|| :lines.not_utf8"}},
		"a line that is too long":                   {a + "," + strings.Repeat("é", MaxPermissionLine), []string{a + "," + strings.Repeat("é", MaxPermissionLine) + "|| :lines.too_long"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, l := range readLines(c.text, linesNow) {
				got = append(got, shortLine(&l))
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestLinesKnowWhereTheyCameFrom(t *testing.T) {
	t.Parallel()
	lines := readLines("# ours\r\nid,note\r\n\r\nabc,Acme\r\n iam:domain::def \r\n", linesNow)
	require.Len(t, lines, 2)
	require.Equal(t, []any{4, "abc,Acme", true}, []any{lines[0].Number, lines[0].Text, lines[0].Wrapped})
	require.Equal(t, []any{5, " iam:domain::def ", false}, []any{lines[1].Number, lines[1].Text, lines[1].Wrapped})

	lines = readLines("abc,\"two\r\nlines\"\r\ndef", linesNow)
	require.Len(t, lines, 2)
	require.Equal(t, []any{1, "abc,\"two\nlines\"", 3}, []any{lines[0].Number, lines[0].Text, lines[1].Number}, "those of the paste")
}

func TestTooManyLinesSaySo(t *testing.T) {
	t.Parallel()
	lines := readLines(strings.Repeat("a\n", MaxAddition+5), linesNow)
	require.Len(t, lines, MaxAddition+1)
	require.Zero(t, lines[MaxAddition-1].Problem)
	require.Equal(t, M("lines.too_many", "max", MaxAddition), lines[MaxAddition].Problem)
	require.Len(t, readLines(strings.Repeat("a\n", MaxAddition)+"\n# end\n", linesNow), MaxAddition)
}

func TestReadExpiry(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2027-01-31": "2027-01-31T23:59:59Z", "2027-1-5": "2027-01-05T23:59:59Z", "2028/2/29": "2028-02-29T23:59:59Z",
		"2027-01-31T10:00:00+08:00": "2027-01-31T02:00:00Z", "2027-01-31 10:00": "2027-01-31T10:00:00Z",
		"2027-01-31 10:00 UTC": "2027-01-31T10:00:00Z", "2027-01-31T10:00": "2027-01-31T10:00:00Z",
		"30d": "2026-12-22T05:30:12Z", "30 Days": "2026-12-22T05:30:12Z", "12w": "2027-02-14T05:30:12Z",
		"6m": "2027-05-22T05:30:12Z", "1 year": "2027-11-22T05:30:12Z", "30天": "2026-12-22T05:30:12Z", "6个月": "2027-05-22T05:30:12Z",
		"": "never", " Never ": "never", "-": "never", "永久": "never",
		"2027-02-30": "", "2027-13-01": "", "31.01.2027": "", "tomorrow": "", "30": "", "30x": "", "-30d": "", "99999d": "", "9999y": "", "d": "",
		"0000-01-01T00:00:00Z": "",
	} {
		t.Run(fmt.Sprintf("%q", text), func(t *testing.T) {
			t.Parallel()
			at, ok := ReadExpiry(text, linesNow)
			require.Equal(t, want != "", ok)
			switch want {
			case "":
			case "never":
				require.Zero(t, at)
			default:
				require.Equal(t, want, at.Format(time.RFC3339))
			}
		})
	}
}

// Whatever is pasted, every line of it is there again, and what was understood
// of a line is understood of it when it is written down.
func FuzzPermissionLines(f *testing.F) {
	for _, text := range []string{
		"abc\niam:domain::def, Acme, 30d\n*", "id;expires;note\na;30d;x\n", `a,"b ""c"", d",2027-01-31`, "\ufeff账号，描述\r\n1，二\r\n",
		"a\t\"x\n\x00\xff\n# y\n,,,\n", "iam:domain::\niam:domain::id\nnote,id\n\"#a\",b", "a，b,c；d", "iam:domain::iam:domain::x, ,never",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := readLines(text, linesNow)
		require.LessOrEqual(t, len(lines), MaxAddition+1)
		requireAllThere(t, text, lines)
		for i := range lines {
			l := &lines[i]
			again := l.String()
			if again == "" || l.Path == "" && !l.Problem.IsZero() || utf8.RuneCountInString(again) > MaxPermissionLine {
				continue
			}
			back := readLines(again, linesNow)
			require.Len(t, back, 1, again)
			require.Equal(t, []string{l.Draft.Permission, l.Draft.Description, l.Expires}, []string{back[0].Draft.Permission, back[0].Draft.Description, back[0].Expires}, again)
		}
	})
}

// requireAllThere requires that each line of the text was read, in its order,
// but for the head row and those that say nothing.
func requireAllThere(t *testing.T, text string, lines []PermissionLine) {
	t.Helper()
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(text, "\ufeff"))
	read, left := lines, 0
	all := strings.Split(text, "\n")
	for n := 0; n < len(all); n++ {
		line := all[n]
		if len(read) > 0 && read[0].Number == n+1 {
			breaks := strings.Count(read[0].Text, "\n")
			require.Equal(t, strings.Join(all[n:n+breaks+1], "\n"), read[0].Text)
			read, n = read[1:], n+breaks
			continue
		}
		bare := tidy(line)
		if bare != "" && bare[0] != '#' && strings.Trim(bare, " \t,;，；\"\u00a0\u3000") != "" {
			left++ // it can only be the head row
		}
	}
	require.Empty(t, read)
	if len(lines) <= MaxAddition {
		require.LessOrEqual(t, left, 1)
	}
}

func BenchmarkReadPermissionLines(b *testing.B) {
	var text strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&text, "%032x, \"Partner %d, Berlin\", 2027-01-31\r\n", i, i)
	}
	for b.Loop() {
		if lines := ReadPermissionLines(text.String()); len(lines) != 10_000 {
			b.Fatal(len(lines))
		}
	}
}
