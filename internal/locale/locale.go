// Package locale turns messages into sentences, in English or Chinese. The
// sentences are the JSON files in parts, which every package with something to
// say adds one to; the language of a request travels in its context.
package locale

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"switchboard/internal/api"
)

// The languages of the console.
const (
	English = "en"
	Chinese = "zh"
)

// Languages lists the languages, the default first.
var Languages = []string{English, Chinese}

//go:embed parts
var parts embed.FS

// catalogue is every sentence in one language.
type catalogue struct {
	lang      string
	plain     map[string]string // sentences without arguments: no template to run
	localizer *i18n.Localizer
}

// catalogues reads the parts once. They are part of the binary, so a broken
// one is a broken build.
var catalogues = sync.OnceValue(func() map[string]*catalogue {
	all, err := load(parts)
	if err != nil {
		panic(err)
	}
	return all
})

func load(files fs.FS) (map[string]*catalogue, error) {
	bundle := i18n.NewBundle(language.English)
	all := map[string]*catalogue{}
	for _, lang := range Languages {
		c := &catalogue{lang: lang, plain: map[string]string{}, localizer: i18n.NewLocalizer(bundle, lang)}
		names, err := fs.Glob(files, "parts/*."+lang+".json")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			file, err := bundle.LoadMessageFileFS(files, name)
			if err != nil {
				return nil, fmt.Errorf("locale: %s: %w", name, err)
			}
			c.add(file.Messages)
		}
		all[lang] = c
	}
	return all, nil
}

func (c *catalogue) add(messages []*i18n.Message) {
	for _, m := range messages {
		if m.One == "" && !strings.Contains(m.Other, "{{") {
			c.plain[m.ID] = m.Other
		}
	}
}

type contextKey struct{}

// With returns a context whose language is lang, or English if there is no
// such language.
func With(ctx context.Context, lang string) context.Context {
	return context.WithValue(ctx, contextKey{}, find(lang))
}

// Lang returns the language of ctx: "en" or "zh".
func Lang(ctx context.Context) string { return of(ctx).lang }

// T returns the sentence of that key in the language of ctx. Arguments are
// pairs of name and value, as in api.M.
func T(ctx context.Context, key string, pairs ...any) string {
	c := of(ctx)
	if text, ok := c.plain[key]; ok {
		return text
	}
	return c.message(api.M(key, pairs...))
}

// Msg returns m in the language of ctx.
func Msg(ctx context.Context, m api.Message) string { return of(ctx).message(m) }

// In returns m in a language.
func In(lang string, m api.Message) string { return find(lang).message(m) }

// Plain is a sentence without arguments, if there is one under that key.
func Plain(lang, key string) (text string, ok bool) {
	text, ok = find(lang).plain[key]
	return text, ok
}

// Negotiate returns the language that suits an Accept-Language header best.
func Negotiate(acceptLanguage string) string {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return English
	}
	for _, tag := range wanted {
		switch base, _ := tag.Base(); base.String() {
		case English, Chinese:
			return base.String()
		}
	}
	return English
}

func of(ctx context.Context) *catalogue {
	if c, ok := ctx.Value(contextKey{}).(*catalogue); ok {
		return c
	}
	return find(English)
}

func find(lang string) *catalogue {
	if c, ok := catalogues()[lang]; ok {
		return c
	}
	return catalogues()[English]
}

// message shows a key that is missing in brackets, so that it is noticed.
func (c *catalogue) message(m api.Message) string {
	if text, ok := c.plain[m.Key]; ok || m.IsZero() {
		return text
	}
	config := i18n.LocalizeConfig{MessageID: m.Key}
	if len(m.Args) > 0 {
		args := make(map[string]any, len(m.Args))
		for name, value := range m.Args {
			args[name] = c.argument(value)
		}
		config.TemplateData = args
		config.PluralCount = args["count"]
	}
	text, err := c.localizer.Localize(&config)
	if err != nil && text == "" {
		return "[" + m.Key + "]"
	}
	return text
}

// argument prepares one argument: a message inside a message is translated
// first. A message that was stored as JSON comes back as a map, and its
// numbers as floats.
func (c *catalogue) argument(value any) any {
	switch v := value.(type) {
	case api.Message:
		return c.message(v)
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
	case map[string]any:
		if key, ok := v["key"].(string); ok {
			args, _ := v["args"].(map[string]any)
			return c.message(api.Message{Key: key, Args: args})
		}
	}
	return value
}
