package api

import (
	"strings"
	"unicode"
)

// column is what a column of a list of accounts holds.
type column int

// The columns; those of another name do not count.
const (
	otherColumn column = iota
	accountColumn
	descriptionColumn
	expiresColumn
	columns
)

// columnNames are what head rows call the columns, in small letters and without
// blanks, hyphens and underscores.
var columnNames = map[string]column{
	"id": accountColumn, "account": accountColumn, "accountid": accountColumn, "permission": accountColumn,
	"domain": accountColumn, "domainid": accountColumn, "principal": accountColumn, "账号": accountColumn,
	"帐号": accountColumn, "账户": accountColumn, "账号id": accountColumn, "帐号id": accountColumn, "账户id": accountColumn,
	"授权账号": accountColumn, "授权账号id": accountColumn, "租户id": accountColumn, "权限": accountColumn, "白名单": accountColumn,

	"description": descriptionColumn, "note": descriptionColumn, "comment": descriptionColumn, "remark": descriptionColumn,
	"描述": descriptionColumn, "备注": descriptionColumn, "说明": descriptionColumn,

	"expires": expiresColumn, "expiry": expiresColumn, "expiration": expiresColumn, "expiresat": expiresColumn,
	"validuntil": expiresColumn, "until": expiresColumn, "到期": expiresColumn, "到期时间": expiresColumn,
	"到期日期": expiresColumn, "过期时间": expiresColumn, "失效时间": expiresColumn, "有效期": expiresColumn, "有效期至": expiresColumn,
}

func columnOf(name string) column {
	return columnNames[strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(name))]
}

// separators returns what divides a line: whatever comes first outside of
// quotes. A comma of Chinese text divides only if no other came before it.
func separators(line string) string {
	quoted := false
	for _, c := range line {
		switch c {
		case '"':
			quoted = !quoted
		case '\t', ',', ';', '，', '；':
			if quoted {
				continue
			}
			return map[rune]string{'\t': "\t", ',': ",", ';': ";", '，': "，,", '；': "；;"}[c]
		}
	}
	return ","
}

// cells divides a line, and reports whether its quotes are closed. seps is what
// divides it, "" if that has to be found out.
func cells(line, seps string) ([]string, bool) {
	if seps == "" {
		seps = separators(line)
	}
	if !strings.Contains(line, `"`) {
		return plainCells(line, seps), true
	}
	var found []string
	for {
		rest := strings.TrimLeftFunc(line, blank)
		if !strings.HasPrefix(rest, `"`) {
			end := strings.IndexAny(line, seps)
			if end < 0 {
				return append(found, tidy(line)), true
			}
			found, line = append(found, tidy(line[:end])), afterRune(line[end:])
			continue
		}
		text, after, ok := quoted(rest[1:])
		if after = strings.TrimLeftFunc(after, blank); !ok || after != "" && !strings.ContainsAny(firstRune(after), seps) {
			return nil, false
		}
		found = append(found, tidy(text))
		if after == "" {
			return found, true
		}
		line = afterRune(after)
	}
}

func plainCells(line, seps string) []string {
	var found []string
	for {
		end := strings.IndexAny(line, seps)
		if end < 0 {
			return append(found, tidy(line))
		}
		found, line = append(found, tidy(line[:end])), afterRune(line[end:])
	}
}

// quoted returns the text up to the closing quote, of which two stand for one,
// and what comes after it.
func quoted(line string) (text, after string, closed bool) {
	var b strings.Builder
	for {
		end := strings.IndexByte(line, '"')
		if end < 0 {
			return "", "", false
		}
		b.WriteString(line[:end])
		if line = line[end+1:]; !strings.HasPrefix(line, `"`) {
			return b.String(), line, true
		}
		b.WriteByte('"')
		line = line[1:]
	}
}

func firstRune(s string) string { return s[:len(s)-len(afterRune(s))] }

func afterRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[i:]
		}
	}
	return ""
}

// blank tells blanks of every kind, also those without a width that come along
// from web pages and spreadsheets; a tab is a separator.
func blank(c rune) bool {
	switch c {
	case '\t':
		return false
	case '\u200b', '\u2060', '\ufeff':
		return true
	}
	return unicode.IsSpace(c)
}

// tidy takes the blanks off both ends of a text and makes those that do not
// break plain.
func tidy(text string) string {
	text = strings.TrimFunc(text, func(c rune) bool { return c == '\t' || blank(c) })
	if strings.Contains(text, "\u00a0") {
		text = strings.ReplaceAll(text, "\u00a0", " ")
	}
	return text
}

// halfWidth are the signs of a permission as Chinese keyboards write them.
var halfWidth = strings.NewReplacer("：", ":", "＊", "*")

// permissionOf makes a permission of what somebody wrote, and reports whether
// it was a bare id. What is no permission stays as it is: the service says so.
func permissionOf(text string) (permission string, wrapped bool) {
	text = tidy(text)
	if !ascii(text) {
		text = halfWidth.Replace(text)
	}
	if n := len(AccountPrefix); len(text) > n && strings.EqualFold(text[:n], AccountPrefix) {
		text = AccountPrefix + strings.TrimSpace(text[n:])
	}
	switch {
	case text == "":
		return "", false
	case text == Everyone || text == AccountPrefix+Everyone:
		return Everyone, false
	case strings.Contains(text, ":"):
		return text, false
	}
	return AccountPrefix + text, true
}

func ascii(text string) bool {
	return strings.IndexFunc(text, func(c rune) bool { return c > unicode.MaxASCII }) < 0
}
