package e2e

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// maxPicture bounds a picture of the documentation, in bytes: all of them are in
// every clone.
const maxPicture = 120 << 10

// shoot stores what the window shows, in few colours.
func (g *guide) shoot(file string) {
	g.t.Helper()
	g.eval(`document.activeElement?.blur()`) // a caret blinks
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	const painted = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done("painted"))))`
	_, err := chromedp.Run(ctx, chromedp.Evaluate[string](painted, chromedp.EvalAwaitPromise))
	require.NoError(g.t, err)
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	require.NoError(g.t, err)
	full, err := png.Decode(bytes.NewReader(shot))
	require.NoError(g.t, err)
	var small bytes.Buffer
	require.NoError(g.t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, fewColours(full)))
	require.Less(g.t, small.Len(), maxPicture, file)
	require.NoError(g.t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(g.t, os.WriteFile(file, small.Bytes(), 0o644))
}

// fewColours is a picture in its 256 most frequent colours; the others, which stand at
// the edges of letters, become the nearest of them.
func fewColours(full image.Image) *image.Paletted {
	bounds, counts := full.Bounds(), map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(full.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[at(x, y)]++
		}
	}
	var frequent []color.RGBA
	for c := range counts {
		frequent = append(frequent, c)
	}
	slices.SortFunc(frequent, func(a, b color.RGBA) int { return counts[b] - counts[a] })
	var few color.Palette
	for _, c := range frequent[:min(len(frequent), 256)] {
		few = append(few, c)
	}
	index := map[color.RGBA]uint8{}
	for _, c := range frequent {
		index[c] = uint8(few.Index(c))
	}
	small := image.NewPaletted(bounds, few)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, index[at(x, y)])
		}
	}
	return small
}
