package api

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (d *FunctionDraft) codeTypeProblem() Message {
	image := d.Config.Runtime == RuntimeImage
	switch {
	case d.Code.Type == "":
		return M("function.code_type_required")
	case !slices.Contains(CodeTypes, d.Code.Type):
		return M("function.code_type_unknown", "types", strings.Join(CodeTypes, ", "))
	case image != (d.Code.Type == CodeImage):
		return M("function.code_type_image", "type", CodeImage, "runtime", RuntimeImage)
	}
	return Message{}
}

// fileProblem judges the code. That there is none is fine: the cloud has some
// for a beginning.
func (d *FunctionDraft) fileProblem(stored *FunctionCode) Message {
	size := int64(len(d.File))
	if d.File == nil && stored != nil {
		size = stored.Size
	}
	switch inline := d.Code.Type == codeInline; {
	case inline && size > MaxInlineCode:
		return M("function.code_too_long", "max", MaxInlineCode>>10)
	case size > MaxCodeFile:
		return M("function.code_too_big", "max", MaxCodeFile>>20)
	case len(d.File) > 0 && (d.Code.Type == codeOBS || d.Code.Type == CodeImage):
		return M("function.code_elsewhere", "type", d.Code.Type)
	}
	return Message{}
}

// Code types with rules of their own.
const (
	codeInline = "inline"
	codeOBS    = "obs" // it lies in object storage
)

func (d *FunctionDraft) codeURLProblem() Message {
	if d.Code.Type == codeOBS && d.Code.URL == "" {
		return M("function.code_url_required")
	}
	return wordProblem(d.Code.URL, MaxUpstream, "function.code_url_form")
}

// UpstreamProblems judges where invocations go, at "upstream". What may be
// reached there is judged when it is dialled.
func UpstreamProblems(text string) []Problem {
	return fieldProblems("", fieldProblem{"upstream", upstreamProblem(text)})
}

func upstreamProblem(text string) Message {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return Message{}
	case utf8.RuneCountInString(text) > MaxUpstream:
		return M("function.upstream_too_long", "max", MaxUpstream)
	case err != nil || !graphic(text) || u.Hostname() == "":
		return M("function.upstream_form")
	case u.Scheme != "http" && u.Scheme != "https":
		return M("function.upstream_scheme")
	case u.User != nil:
		return M("function.upstream_user")
	case strings.Contains(text, "#"):
		return M("function.upstream_fragment")
	case u.Port() == "":
		return Message{}
	}
	port, _ := strconv.Atoi(u.Port()) // digits, but maybe too many
	return portProblem(port)
}
