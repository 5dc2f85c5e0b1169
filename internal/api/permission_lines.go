package api

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// PermissionLine is a line of a list of accounts that somebody pasted or
// uploaded.
type PermissionLine struct {
	Number int    // of the line in its text, from 1
	Text   string // as it was pasted
	// Draft is what the line says, as far as it could be read.
	Draft   PermissionDraft
	Expires string // when, as it was written
	Wrapped bool   // of a bare id AccountPrefix was put before it
	// Problem says why the line could not be read, and Path what of it:
	// "permission", "description", "expires" or, if it is the line as a whole,
	// nothing.
	Problem Message
	Path    string
}

// cloudAccount is an account id of the cloud.
var cloudAccount = regexp.MustCompile(`^[0-9A-Fa-f]{32}$`)

// MaxPermissionLine bounds a line, in characters.
const MaxPermissionLine = 1000

// ReadPermissionLines reads what people paste or upload: an account in each
// line, then, if they like, a description and when it expires, with commas,
// semicolons or tabs between them, as in CSV. A head row names the columns in
// another order. Empty lines and those that begin with # do not count. Text in
// quotes may go on in the next lines, as spreadsheets write it. After
// MaxAddition lines one more says that there are too many.
func ReadPermissionLines(text string) []PermissionLine {
	return readLines(text, time.Now())
}

func readLines(text string, now time.Time) []PermissionLine {
	reader := lineReader{now: now}
	text = strings.TrimPrefix(text, "\ufeff")
	for number := 1; text != ""; {
		line, rest := cutLine(text)
		line, rest, n := reader.goOn(line, rest)
		if !reader.read(number, line) {
			break
		}
		number, text = number+n, rest
	}
	return reader.lines
}

// cutLine returns the first line of a text, and what comes after it.
func cutLine(text string) (line, rest string) {
	end := strings.IndexAny(text, "\r\n")
	if end < 0 {
		return text, ""
	}
	return text[:end], strings.TrimPrefix(strings.TrimPrefix(text[end:], "\r"), "\n")
}

// ReadPermission reads the three parts of an entry as somebody types them.
func ReadPermission(account, description, expires string) PermissionLine {
	line := PermissionLine{Text: account}
	line.take(account, description, expires, time.Now())
	return line
}

// String is the line so that it can be read again, without a head row.
func (l *PermissionLine) String() string {
	if l.Path == "" && !l.Problem.IsZero() {
		return l.Text
	}
	account := BareAccount(l.Draft.Permission)
	if account == "" || strings.Contains(account, ":") || columnOf(account) != otherColumn {
		account = l.Draft.Permission // alone it would be read as something else
	}
	return strings.TrimRight(cell(account)+","+cell(l.Draft.Description)+","+cell(l.Expires), ",")
}

// BareAccount is a permission as people read it: without AccountPrefix.
func BareAccount(permission string) string { return strings.TrimPrefix(permission, AccountPrefix) }

// cell quotes a text that could be read as something else.
func cell(text string) string {
	if strings.ContainsAny(text, "\"#,;\t，；") {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}

// lineReader reads the lines of one text.
type lineReader struct {
	now   time.Time
	lines []PermissionLine
	seps  string // of the head row, "" if there is none
	head  []column
	begun bool // the head row, if there is one, is past
}

// read reads a line, and reports whether there may be more.
func (r *lineReader) read(number int, text string) bool {
	bare := tidy(text)
	if bare == "" || bare[0] == '#' {
		return true
	}
	line := PermissionLine{Number: number, Text: text}
	switch {
	case len(r.lines) == MaxAddition:
		line.Problem = M("lines.too_many", "max", MaxAddition)
		r.lines = append(r.lines, line)
		return false
	case utf8.RuneCountInString(text) > MaxPermissionLine:
		line.Problem = M("lines.too_long", "max", MaxPermissionLine)
	case !utf8.ValidString(text):
		line.Problem = M("lines.not_utf8")
	case !r.split(&line):
		return true
	}
	if line.Path == "" && !line.Problem.IsZero() {
		line.Draft.Permission = strings.ToValidUTF8(text, "�")
	}
	r.begun = true
	r.lines = append(r.lines, line)
	return true
}

// maxBreaks bounds how many breaks a line has inside of its quotes.
const maxBreaks = 20

// goOn returns a line together with the next ones, if these close a quote that
// it leaves open, how many lines that are, and what comes after them. Where
// nothing closes it, the line stays alone, with its mistake.
func (r *lineReader) goOn(line, rest string) (whole, after string, n int) {
	if !strings.Contains(line, `"`) || tidy(line)[0] == '#' {
		return line, rest, 1
	}
	if _, ok := cells(line, r.seps); ok {
		return line, rest, 1
	}
	whole, after = line, rest
	for n = 2; n <= maxBreaks+1 && after != ""; n++ {
		var next string
		next, after = cutLine(after)
		if whole += "\n" + next; len(whole) > 4*MaxPermissionLine {
			break
		}
		if _, ok := cells(whole, r.seps); ok {
			return whole, after, n
		}
	}
	return line, rest, 1
}

// split reads the cells of a line. It reports false for a line that is none:
// the head row, or one of separators alone.
func (r *lineReader) split(line *PermissionLine) bool {
	cells, ok := cells(strings.ReplaceAll(line.Text, "\n", " "), r.seps)
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	switch {
	case !ok:
		line.Problem = M("lines.quote")
		return true
	case len(cells) == 0:
		return false
	case !r.begun && r.takeHead(line.Text, cells):
		return false
	}
	if r.head == nil {
		line.takeCells(cells, r.now)
		return true
	}
	line.takeNamed(r.head, cells, r.now)
	return true
}

// takeHead takes the cells as the head row, if they are one.
func (r *lineReader) takeHead(text string, cells []string) bool {
	r.begun = true
	head := make([]column, len(cells))
	for i, c := range cells {
		head[i] = columnOf(c)
	}
	if head[0] == otherColumn || !slices.Contains(head, accountColumn) {
		return false
	}
	r.head, r.seps = head, separators(text)
	return true
}

// takeCells takes the cells of a line without a head row: what is between the
// account and the last of three or more is text with commas.
func (l *PermissionLine) takeCells(cells []string, now time.Time) {
	n := len(cells)
	switch n {
	case 1:
		l.take(cells[0], "", "", now)
	case 2:
		l.take(cells[0], cells[1], "", now)
	default:
		l.take(cells[0], strings.Join(slices.DeleteFunc(cells[1:n-1], isEmpty), ", "), cells[n-1], now)
	}
}

// takeNamed takes the cells as the head row names them. What stands beyond its
// columns is kept with the description, for somebody to look at.
func (l *PermissionLine) takeNamed(head []column, cells []string, now time.Time) {
	var named [columns]string
	for i, c := range cells[:min(len(cells), len(head))] {
		named[head[i]] = c
	}
	described := named[descriptionColumn]
	beyond := slices.DeleteFunc(cells[min(len(cells), len(head)):], isEmpty)
	if len(beyond) > 0 {
		described = strings.Join(slices.DeleteFunc(append([]string{described}, beyond...), isEmpty), ", ")
	}
	l.take(named[accountColumn], described, named[expiresColumn], now)
	if len(beyond) > 0 && l.Problem.IsZero() {
		l.Path, l.Problem = "description", M("lines.more_cells")
	}
}

func isEmpty(text string) bool { return text == "" }

func (l *PermissionLine) take(account, description, expires string, now time.Time) {
	l.Draft.Permission, l.Wrapped = permissionOf(account)
	l.Draft.Description, l.Expires = tidy(description), tidy(expires)
	var ok bool
	l.Draft.Expires, ok = ReadExpiry(l.Expires, now)
	meant, _ := ReadExpiry(l.Draft.Description, now)
	switch {
	case l.Draft.Permission == "":
		l.Path, l.Problem = "permission", M("lines.no_account")
	case onlyAccounts(l.Draft.Description):
		l.Path, l.Problem = "description", M("lines.one_account")
	case onlyAccounts(l.Expires):
		l.Path, l.Problem = "expires", M("lines.one_account")
	case !ok:
		l.Path, l.Problem = "expires", M("lines.expires", "text", l.Expires)
	case l.Expires == "" && !meant.IsZero():
		l.Path, l.Problem = "description", M("lines.expiry_described", "text", l.Draft.Description)
	}
}

// onlyAccounts reports whether a text is nothing but account ids, as those of
// the cloud are or with AccountPrefix.
func onlyAccounts(text string) bool {
	words := strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(",;，；", c) })
	for _, word := range words {
		prefixed := len(word) > len(AccountPrefix) && strings.EqualFold(word[:len(AccountPrefix)], AccountPrefix)
		if !prefixed && !cloudAccount.MatchString(word) {
			return false
		}
	}
	return len(words) > 0
}
