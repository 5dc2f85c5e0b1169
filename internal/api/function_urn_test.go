package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

const urnProject = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

func TestAFunctionURNIsReadInAllItsForms(t *testing.T) {
	t.Parallel()
	const start = "urn:fss:cn-north-4:" + urnProject + ":function:"
	whole := api.FunctionURN{Region: "cn-north-4", Project: urnProject, Package: "tools", Name: "hello"}
	version, alias := whole, whole
	version.Qualifier, alias.Qualifier = "v1.0", "!prod-1"
	for text, want := range map[string]api.FunctionURN{
		"hello":                               {Package: "default", Name: "hello"},
		"tools:hello":                         {Package: "tools", Name: "hello"},
		urnProject + ":tools:hello":           {Project: urnProject, Package: "tools", Name: "hello"},
		urnProject + ":tools:hello:latest":    {Project: urnProject, Package: "tools", Name: "hello", Qualifier: "latest"},
		urnProject + ":default:hello:!gray_2": {Project: urnProject, Package: "default", Name: "hello", Qualifier: "!gray_2"},
		start + "tools:hello":                 whole,
		start + "tools:hello:v1.0":            version,
		start + "tools:hello:!prod-1":         alias,
	} {
		got, ok := api.ParseFunctionURN(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	name, ok := alias.Alias()
	require.True(t, ok)
	require.Equal(t, "prod-1", name)
	_, ok = version.Alias()
	require.False(t, ok)
}

func TestWhatIsNoFunctionURNIsNotReadAsOne(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", ":", "hello:", ":hello", "a:b:c:", "a:b:c:!", "a:b:c:!!d", "a:b:c:!d!", "!prod", "tools:!prod",
		"a:b:c:d:e", "a:b:c:d:e:f", "urn:fss:r:p:function:default", "urn:fss:r:p:function:default:hello:v1:more",
		"urn:fss:r:p:function:default:hello:", "urn:fss:r:p:function::hello", "urn:fss:r::function:default:hello", "urn:fss::p:function:default:hello",
		"URN:fss:r:p:function:default:hello", "urn:fgs:r:p:function:default:hello", "urn:fss:r:p:functions:default:hello",
		"hel lo", "hello\n", "hello\x00", "héllo", "hello/", "hello%21", "a:b:c:v 1", "a:b:c:v1\n",
	} {
		got, ok := api.ParseFunctionURN(text)
		require.False(t, ok, "%q", text)
		require.Zero(t, got, "%q", text)
	}
}

// What was read is written in the full form and read again as the same.
func FuzzParseFunctionURN(f *testing.F) {
	f.Add("hello")
	f.Add(urnProject + ":tools:hello:!prod")
	f.Add("urn:fss:cn-north-4:" + urnProject + ":function:default:hello:v1.0")
	f.Add("urn:fss:::function:::")
	f.Fuzz(func(t *testing.T, text string) {
		read, ok := api.ParseFunctionURN(text)
		if !ok {
			require.Zero(t, read)
			return
		}
		require.NotEmpty(t, read.Name)
		require.NotEmpty(t, read.Package)
		if read.Region == "" {
			read.Region = "r"
		}
		if read.Project == "" {
			read.Project = "p"
		}
		again, ok := api.ParseFunctionURN(read.String())
		require.True(t, ok)
		require.Equal(t, read, again)
	})
}
