package terminal

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestEncode(t *testing.T) {
	const (
		shift = tea.ModShift
		alt   = tea.ModAlt
		ctrl  = tea.ModCtrl
		num   = tea.ModNumLock
		caps  = tea.ModCapsLock
	)
	appCursor, appKeypad := modes{cursorKeys: true}, modes{keypad: true}
	for name, c := range map[string]struct {
		key  tea.Key
		m    modes
		want string
	}{
		"a letter":                {key: tea.Key{Code: 'a', Text: "a"}, want: "a"},
		"a capital":               {key: tea.Key{Code: 'a', ShiftedCode: 'A', Mod: shift, Text: "A"}, want: "A"},
		"an accent":               {key: tea.Key{Code: 'é', Text: "é"}, want: "é"},
		"a composed text":         {key: tea.Key{Code: tea.KeyExtended, Text: "日本"}, want: "日本"},
		"held down":               {key: tea.Key{Code: 'a', Text: "a", IsRepeat: true}, want: "a"},
		"numlock":                 {key: tea.Key{Code: 'a', Text: "a", Mod: num}, want: "a"},
		"caps lock":               {key: tea.Key{Code: 'a', Text: "A", Mod: caps}, want: "A"},
		"space":                   {key: tea.Key{Code: tea.KeySpace, Text: " "}, want: " "},
		"shift+space":             {key: tea.Key{Code: tea.KeySpace, Mod: shift}, want: " "},
		"ctrl+a":                  {key: tea.Key{Code: 'a', Mod: ctrl}, want: "\x01"},
		"ctrl+z, numlock":         {key: tea.Key{Code: 'z', Mod: ctrl | num}, want: "\x1a"},
		"ctrl+shift+c":            {key: tea.Key{Code: 'c', ShiftedCode: 'C', Mod: ctrl | shift}, want: "\x03"},
		"ctrl+c in Cyrillic":      {key: tea.Key{Code: 'с', BaseCode: 'c', Mod: ctrl}, want: "\x03"},
		"ctrl+space":              {key: tea.Key{Code: tea.KeySpace, Mod: ctrl}, want: "\x00"},
		"ctrl+@":                  {key: tea.Key{Code: '@', Mod: ctrl}, want: "\x00"},
		"ctrl+2":                  {key: tea.Key{Code: '2', Mod: ctrl}, want: "\x00"},
		"ctrl+[":                  {key: tea.Key{Code: '[', Mod: ctrl}, want: "\x1b"},
		"ctrl+3":                  {key: tea.Key{Code: '3', Mod: ctrl}, want: "\x1b"},
		"ctrl+\\":                 {key: tea.Key{Code: '\\', Mod: ctrl}, want: "\x1c"},
		"ctrl+]":                  {key: tea.Key{Code: ']', Mod: ctrl}, want: "\x1d"},
		"ctrl+6":                  {key: tea.Key{Code: '6', Mod: ctrl}, want: "\x1e"},
		"ctrl+_":                  {key: tea.Key{Code: '_', Mod: ctrl}, want: "\x1f"},
		"ctrl+shift+-":            {key: tea.Key{Code: '-', Mod: ctrl | shift}, want: "\x1f"},
		"ctrl+-":                  {key: tea.Key{Code: '-', Mod: ctrl}, want: "-"},
		"ctrl+/":                  {key: tea.Key{Code: '/', Mod: ctrl}, want: "\x1f"},
		"ctrl+/ on AZERTY":        {key: tea.Key{Code: ':', ShiftedCode: '/', Mod: ctrl | shift}, want: "\x1f"},
		"ctrl+8":                  {key: tea.Key{Code: '8', Mod: ctrl}, want: "\x7f"},
		"ctrl+;":                  {key: tea.Key{Code: ';', Mod: ctrl}, want: ";"},
		"alt+x":                   {key: tea.Key{Code: 'x', Mod: alt}, want: "\x1bx"},
		"alt+shift+x":             {key: tea.Key{Code: 'x', Mod: alt | shift}, want: "\x1bX"},
		"alt+shift+:":             {key: tea.Key{Code: ':', ShiftedCode: '/', Mod: alt | shift}, want: "\x1b/"},
		"alt+x, caps lock":        {key: tea.Key{Code: 'x', Mod: alt | caps}, want: "\x1bX"},
		"alt+shift+x, caps lock":  {key: tea.Key{Code: 'x', Mod: alt | shift | caps}, want: "\x1bx"},
		"alt+.":                   {key: tea.Key{Code: '.', Mod: alt}, want: "\x1b."},
		"ctrl+alt+x":              {key: tea.Key{Code: 'x', Mod: alt | ctrl}, want: "\x1b\x18"},
		"meta+x":                  {key: tea.Key{Code: 'x', Mod: tea.ModMeta}, want: "\x1bx"},
		"super+x":                 {key: tea.Key{Code: 'x', Mod: tea.ModSuper}},
		"enter":                   {key: tea.Key{Code: tea.KeyEnter}, want: "\r"},
		"shift+enter":             {key: tea.Key{Code: tea.KeyEnter, Mod: shift}, want: "\r"},
		"ctrl+enter":              {key: tea.Key{Code: tea.KeyEnter, Mod: ctrl}, want: "\r"},
		"alt+enter":               {key: tea.Key{Code: tea.KeyEnter, Mod: alt}, want: "\x1b\r"},
		"tab":                     {key: tea.Key{Code: tea.KeyTab}, want: "\t"},
		"shift+tab":               {key: tea.Key{Code: tea.KeyTab, Mod: shift}, want: "\x1b[Z"},
		"ctrl+tab":                {key: tea.Key{Code: tea.KeyTab, Mod: ctrl}, want: "\t"},
		"backspace":               {key: tea.Key{Code: tea.KeyBackspace}, want: "\x7f"},
		"shift+backspace":         {key: tea.Key{Code: tea.KeyBackspace, Mod: shift}, want: "\x7f"},
		"ctrl+backspace":          {key: tea.Key{Code: tea.KeyBackspace, Mod: ctrl}, want: "\b"},
		"alt+backspace":           {key: tea.Key{Code: tea.KeyBackspace, Mod: alt}, want: "\x1b\x7f"},
		"escape":                  {key: tea.Key{Code: tea.KeyEscape}, want: "\x1b"},
		"alt+escape":              {key: tea.Key{Code: tea.KeyEscape, Mod: alt}, want: "\x1b\x1b"},
		"up":                      {key: tea.Key{Code: tea.KeyUp}, want: "\x1b[A"},
		"down":                    {key: tea.Key{Code: tea.KeyDown}, want: "\x1b[B"},
		"right":                   {key: tea.Key{Code: tea.KeyRight}, want: "\x1b[C"},
		"left, held":              {key: tea.Key{Code: tea.KeyLeft, IsRepeat: true, Mod: num}, want: "\x1b[D"},
		"up, application":         {key: tea.Key{Code: tea.KeyUp}, m: appCursor, want: "\x1bOA"},
		"home":                    {key: tea.Key{Code: tea.KeyHome}, want: "\x1b[H"},
		"home, application":       {key: tea.Key{Code: tea.KeyHome}, m: appCursor, want: "\x1bOH"},
		"end":                     {key: tea.Key{Code: tea.KeyEnd}, want: "\x1b[F"},
		"ctrl+right":              {key: tea.Key{Code: tea.KeyRight, Mod: ctrl}, want: "\x1b[1;5C"},
		"ctrl+right, application": {key: tea.Key{Code: tea.KeyRight, Mod: ctrl}, m: appCursor, want: "\x1b[1;5C"},
		"shift+left":              {key: tea.Key{Code: tea.KeyLeft, Mod: shift}, want: "\x1b[1;2D"},
		"alt+up":                  {key: tea.Key{Code: tea.KeyUp, Mod: alt}, want: "\x1b[1;3A"},
		"ctrl+shift+alt+down":     {key: tea.Key{Code: tea.KeyDown, Mod: ctrl | shift | alt}, want: "\x1b[1;8B"},
		"ctrl+home":               {key: tea.Key{Code: tea.KeyHome, Mod: ctrl}, want: "\x1b[1;5H"},
		"shift+end":               {key: tea.Key{Code: tea.KeyEnd, Mod: shift}, want: "\x1b[1;2F"},
		"page up":                 {key: tea.Key{Code: tea.KeyPgUp}, want: "\x1b[5~"},
		"page down":               {key: tea.Key{Code: tea.KeyPgDown}, want: "\x1b[6~"},
		"ctrl+page up":            {key: tea.Key{Code: tea.KeyPgUp, Mod: ctrl}, want: "\x1b[5;5~"},
		"insert":                  {key: tea.Key{Code: tea.KeyInsert}, want: "\x1b[2~"},
		"delete":                  {key: tea.Key{Code: tea.KeyDelete}, want: "\x1b[3~"},
		"ctrl+delete":             {key: tea.Key{Code: tea.KeyDelete, Mod: ctrl}, want: "\x1b[3;5~"},
		"f1":                      {key: tea.Key{Code: tea.KeyF1}, want: "\x1bOP"},
		"f4":                      {key: tea.Key{Code: tea.KeyF4}, want: "\x1bOS"},
		"shift+f3":                {key: tea.Key{Code: tea.KeyF3, Mod: shift}, want: "\x1b[1;2R"},
		"f5":                      {key: tea.Key{Code: tea.KeyF5}, want: "\x1b[15~"},
		"shift+f5":                {key: tea.Key{Code: tea.KeyF5, Mod: shift}, want: "\x1b[15;2~"},
		"ctrl+f12":                {key: tea.Key{Code: tea.KeyF12, Mod: ctrl}, want: "\x1b[24;5~"},
		"f10":                     {key: tea.Key{Code: tea.KeyF10}, want: "\x1b[21~"},
		"f13":                     {key: tea.Key{Code: tea.KeyF13}, want: "\x1b[25~"},
		"keypad 5":                {key: tea.Key{Code: tea.KeyKp5, Text: "5", Mod: num}, want: "5"},
		"keypad 5, application":   {key: tea.Key{Code: tea.KeyKp5}, m: appKeypad, want: "\x1bOu"},
		"keypad 5, app, numlock":  {key: tea.Key{Code: tea.KeyKp5, Text: "5", Mod: num}, m: appKeypad, want: "5"},
		"keypad comma for point":  {key: tea.Key{Code: tea.KeyKpDecimal, Text: ","}, want: ","},
		"keypad enter":            {key: tea.Key{Code: tea.KeyKpEnter}, want: "\r"},
		"keypad enter, app":       {key: tea.Key{Code: tea.KeyKpEnter}, m: appKeypad, want: "\x1bOM"},
		"keypad divide":           {key: tea.Key{Code: tea.KeyKpDivide}, want: "/"},
		"alt+keypad plus":         {key: tea.Key{Code: tea.KeyKpPlus, Mod: alt}, want: "\x1b+"},
		"keypad up":               {key: tea.Key{Code: tea.KeyKpUp}, want: "\x1b[A"},
		"keypad begin":            {key: tea.Key{Code: tea.KeyKpBegin}, want: "\x1b[E"},
		"keypad delete":           {key: tea.Key{Code: tea.KeyKpDelete}, want: "\x1b[3~"},
		"shift alone":             {key: tea.Key{Code: tea.KeyLeftShift, Mod: shift}},
		"caps lock alone":         {key: tea.Key{Code: tea.KeyCapsLock}},
		"a media key":             {key: tea.Key{Code: tea.KeyMediaPlay}},
		"nothing":                 {},
	} {
		if got := string(encode(c.key, c.m)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestEncodeControls holds Ctrl and every letter to its control character.
func TestEncodeControls(t *testing.T) {
	for r := 'a'; r <= 'z'; r++ {
		if got := encode(tea.Key{Code: r, Mod: tea.ModCtrl}, modes{}); len(got) != 1 || got[0] != byte(r)&0x1f {
			t.Errorf("ctrl+%c: got %q", r, got)
		}
	}
}

func TestPasted(t *testing.T) {
	for name, c := range map[string]struct {
		text      string
		bracketed bool
		want      string
	}{
		"plain":            {"ls -l", false, "ls -l"},
		"lines":            {"a\nb\r\nc\n", false, "a\rb\rc\r"},
		"bracketed":        {"a\nb", true, "\x1b[200~a\rb\x1b[201~"},
		"injection":        {"a\x1b[201~rm -rf /\n", true, "\x1b[200~arm -rf /\r\x1b[201~"},
		"hidden injection": {"a\x1b[20\x1b[201~1~b", true, "\x1b[200~a[201~b\x1b[201~"},
		"8-bit injection":  {"a\u009b201~b", true, "\x1b[200~a201~b\x1b[201~"},
		"control":          {"a\x03\x04\tb\x00", false, "a\tb"},
		"not UTF-8":        {"a\xffb", false, "ab"},
		"accents":          {"é漢", true, "\x1b[200~é漢\x1b[201~"},
		"empty":            {"", true, ""},
		"only control":     {"\x1b\x07", true, ""},
	} {
		if got := string(pasted(c.text, c.bracketed)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestEncodeMouse(t *testing.T) {
	at := func(b tea.MouseButton) tea.Mouse { return tea.Mouse{X: 4, Y: 2, Button: b} }
	click, release := tea.MouseClickMsg(at(tea.MouseLeft)), tea.MouseReleaseMsg(at(tea.MouseLeft))
	drag, hover := tea.MouseMotionMsg(at(tea.MouseLeft)), tea.MouseMotionMsg(at(tea.MouseNone))
	wheel := tea.MouseWheelMsg(at(tea.MouseWheelDown))
	for name, c := range map[string]struct {
		msg  tea.MouseMsg
		m    modes
		want string
	}{
		"off":                    {click, modes{}, ""},
		"click":                  {click, modes{mouse: mouseNormal, sgrMouse: true}, "\x1b[<0;5;3M"},
		"release":                {release, modes{mouse: mouseNormal, sgrMouse: true}, "\x1b[<0;5;3m"},
		"wheel":                  {wheel, modes{mouse: mouseNormal, sgrMouse: true}, "\x1b[<65;5;3M"},
		"right, ctrl":            {tea.MouseClickMsg{Button: tea.MouseRight, Mod: tea.ModCtrl}, modes{mouse: mouseAny, sgrMouse: true}, "\x1b[<18;1;1M"},
		"drag, not asked":        {drag, modes{mouse: mouseNormal, sgrMouse: true}, ""},
		"drag":                   {drag, modes{mouse: mouseDrag, sgrMouse: true}, "\x1b[<32;5;3M"},
		"hover, not asked":       {hover, modes{mouse: mouseDrag, sgrMouse: true}, ""},
		"hover":                  {hover, modes{mouse: mouseAny, sgrMouse: true}, "\x1b[<35;5;3M"},
		"old click":              {click, modes{mouse: mouseNormal}, "\x1b[M %#"},
		"old release":            {release, modes{mouse: mouseNormal}, "\x1b[M#%#"},
		"old, far":               {tea.MouseClickMsg{X: 200, Button: tea.MouseLeft}, modes{mouse: mouseNormal}, "\x1b[M \xe9!"},
		"old, too far":           {tea.MouseClickMsg{X: 223, Button: tea.MouseLeft}, modes{mouse: mouseNormal}, ""},
		"X10 knows no release":   {release, modes{mouse: mousePress}, ""},
		"X10 knows no modifiers": {tea.MouseClickMsg{X: 4, Y: 2, Button: tea.MouseLeft, Mod: tea.ModShift}, modes{mouse: mousePress}, "\x1b[M %#"},
	} {
		if got := string(encodeMouse(c.msg, c.m)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
