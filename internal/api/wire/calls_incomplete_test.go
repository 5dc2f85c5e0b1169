package wire

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// mutate asks for the calls of deeds that are half filled in, or wrong: there are
// some, or it is said why not.
func (st *stage) mutate(t *testing.T, random *rand.Rand, d api.Deed) {
	t.Helper()
	for range 1000 / 49 {
		wrong := mutated(t, random, d)
		place := st.place()
		place.Dialect = random.IntN(2) == 0
		calls, err := CallsOf(t.Context(), st.server.Service, st.s, place, wrong)
		if err != nil {
			_, known := err.(*api.Error) //nolint:errorlint // nothing else may come
			require.True(t, known, "%v of %+v", err, wrong)
			continue
		}
		for _, c := range calls {
			require.True(t, c.Body == nil || json.Valid(c.Body), "%s", c.Body)
			_, _, err := c.Request(t.Context(), "http://127.0.0.1")
			require.NoError(t, err, "%+v", wrong)
		}
	}
}

// mutated is a deed with something else in it.
func mutated(t *testing.T, random *rand.Rand, d api.Deed) api.Deed {
	t.Helper()
	coded, err := api.EncodeDeed(d)
	require.NoError(t, err)
	again, err := coded.Decode() // which shares nothing
	require.NoError(t, err)
	v := reflect.New(reflect.TypeOf(again)).Elem()
	v.Set(reflect.ValueOf(again))
	disturb(random, v)
	return v.Interface().(api.Deed)
}

var oddTexts = []string{"", " ", "x y", "a/b", "100%", "é–空", "\x00", "\xff", "null", "-1", "1e9", "5 ", "{", `{"a":1}`, "\"", "<b>", "\ue000X\ue001", strings.Repeat("long", 99)}

func disturb(random *rand.Rand, v reflect.Value) {
	often := random.IntN(4) == 0
	switch v.Kind() {
	case reflect.String:
		if often {
			v.SetString(oddTexts[random.IntN(len(oddTexts))])
		}
	case reflect.Int, reflect.Int64:
		if often {
			v.SetInt(random.Int64() >> random.IntN(64))
		}
	case reflect.Bool:
		v.SetBool(v.Bool() != often)
	case reflect.Pointer:
		if often || v.IsNil() {
			v.SetZero()
			return
		}
		disturb(random, v.Elem())
	case reflect.Slice:
		if n := v.Len(); often && n > 0 {
			v.Set(reflect.AppendSlice(v.Slice(0, random.IntN(n)), v.Slice(0, n)))
		}
		for i := range v.Len() {
			disturb(random, v.Index(i))
		}
	case reflect.Map:
		if often && v.Type() == reflect.TypeFor[map[string]string]() {
			v.Set(reflect.ValueOf(map[string]string{oddTexts[random.IntN(len(oddTexts))]: oddTexts[random.IntN(len(oddTexts))]}))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				disturb(random, v.Field(i))
			}
		}
	}
}
