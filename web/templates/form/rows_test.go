package form_test

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/web/templates/form"
)

func rows(pairs ...string) url.Values {
	v := url.Values{"name": {"kept"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		at := "rules." + strconv.Itoa(i/2)
		v.Set(at+".key", pairs[i])
		v.Set(at+".value", pairs[i+1])
	}
	return v
}

// and is v with one more value.
func and(v url.Values, name, value string) url.Values {
	v.Set(name, value)
	return v
}

func TestEdit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from  url.Values
		op    string
		want  url.Values
		focus string
	}{
		"adds an empty row at the end": {rows("a", "1"), "add:rules", and(rows("a", "1"), "rules.1", ""), "rules.1"},
		"adds the first row":           {rows(), "add:rules", and(rows(), "rules.0", ""), "rules.0"},
		"removes a row and closes up":  {rows("a", "1", "b", "2", "c", "3"), "remove:rules.1", rows("a", "1", "c", "3"), "rules.add"},
		"moves a row up":               {rows("a", "1", "b", "2"), "up:rules.1", rows("b", "2", "a", "1"), "rules.0.down"},
		"moves a row down":             {rows("a", "1", "b", "2"), "down:rules.0", rows("b", "2", "a", "1"), "rules.1.up"},
		"moves a row up in between":    {rows("a", "1", "b", "2", "c", "3"), "up:rules.2", rows("a", "1", "c", "3", "b", "2"), "rules.1.up"},
		"moves a row down in between":  {rows("a", "1", "b", "2", "c", "3"), "down:rules.0", rows("b", "2", "a", "1", "c", "3"), "rules.1.down"},
		"closes gaps that were posted": {
			url.Values{"name": {"kept"}, "rules.3.key": {"a"}, "rules.7.key": {"b"}}, "add:rules",
			url.Values{"name": {"kept"}, "rules.0.key": {"a"}, "rules.1.key": {"b"}, "rules.2": {""}}, "rules.2",
		},
		"leaves the fields alone whose names only begin like it": {
			and(rows("a", "1"), "rules2.0.key", "x"), "remove:rules.0", and(rows(), "rules2.0.key", "x"), "rules.add",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			focus, ok := form.Edit(c.from, c.op)
			require.True(t, ok)
			require.Equal(t, c.focus, focus)
			require.Equal(t, c.want, c.from)
		})
	}
	for _, op := range []string{"", "add", "remove:rules", "remove:rules.9", "remove:rules.-1", "remove:rules.x", "up:rules.0", "down:rules.1", "burn:rules.0"} {
		t.Run("changes nothing for "+strconv.Quote(op), func(t *testing.T) {
			t.Parallel()
			v := rows("a", "1", "b", "2")
			_, ok := form.Edit(v, op)
			require.False(t, ok)
			require.Equal(t, rows("a", "1", "b", "2"), v)
		})
	}
	t.Run("stops at a limit", func(t *testing.T) {
		t.Parallel()
		v := url.Values{}
		for range form.MaxRows + 5 {
			form.Edit(v, "add:rules")
		}
		require.Len(t, form.ReadRows(v, "rules"), form.MaxRows)
	})
}

func TestReadMap(t *testing.T) {
	t.Parallel()
	t.Run("leaves out empty rows", func(t *testing.T) {
		t.Parallel()
		m, problems := form.ReadMap(rows("a", "1", "", "", " b ", ""), "rules")
		require.Empty(t, problems)
		require.Equal(t, map[string]string{"a": "1", "b": ""}, m)
	})
	t.Run("names the rows that are wrong", func(t *testing.T) {
		t.Parallel()
		_, problems := form.ReadMap(rows("a", "1", "", "2", "a", "3"), "rules")
		require.Equal(t, []api.Problem{
			{Path: "rules.1.key", Message: api.M("form.row_without_key")},
			{Path: "rules.2.key", Message: api.M("form.row_twice", "key", "a")},
		}, problems)
	})
	t.Run("reads back what SetMap wrote", func(t *testing.T) {
		t.Parallel()
		m := map[string]string{"b": "2", "a": "1"}
		v := rows("x", "1", "y", "2", "z", "3")
		form.SetMap(v, "rules", m)
		require.Equal(t, rows("a", "1", "b", "2"), v)
		back, problems := form.ReadMap(v, "rules")
		require.Empty(t, problems)
		require.Equal(t, m, back)
	})
}

func TestKeysOnOffer(t *testing.T) {
	t.Parallel()
	f := link()
	f.Sections[2].Fields[0].Choices = []form.Choice{{Value: "socketTimeout", Label: "Waits <that> long."}}
	doc := render(t, f)

	t.Run("a row offers them with what they are for", func(t *testing.T) {
		t.Parallel()
		list := attr(t, doc.Find("#linkConfig-props-0-key"), "list")
		offer := doc.Find("datalist#" + list + " option")
		require.Equal(t, "socketTimeout", attr(t, offer, "value"))
		require.Equal(t, "Waits <that> long.", text(offer))
	})
	t.Run("its value is free", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, doc.Find("#linkConfig-props-0-value").AttrOr("list", ""))
	})
	t.Run("a map without keys offers nothing", func(t *testing.T) {
		t.Parallel()
		doc := render(t, link())
		require.Zero(t, doc.Find("datalist, [list]").Length())
	})
}
