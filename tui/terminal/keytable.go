package terminal

import tea "charm.land/bubbletea/v2"

// letterKeys end in a letter: CSI A, or SS3 A with DECCKM, or CSI 1 ; mod A.
var letterKeys = map[rune]byte{
	tea.KeyUp: 'A', tea.KeyDown: 'B', tea.KeyRight: 'C', tea.KeyLeft: 'D',
	tea.KeyBegin: 'E', tea.KeyEnd: 'F', tea.KeyHome: 'H',
	tea.KeyKpUp: 'A', tea.KeyKpDown: 'B', tea.KeyKpRight: 'C', tea.KeyKpLeft: 'D',
	tea.KeyKpBegin: 'E', tea.KeyKpEnd: 'F', tea.KeyKpHome: 'H',
	tea.KeyF1: 'P', tea.KeyF2: 'Q', tea.KeyF3: 'R', tea.KeyF4: 'S',
}

// tildeKeys have a number: CSI 5 ~, or CSI 5 ; mod ~.
var tildeKeys = map[rune]int{
	tea.KeyFind: 1, tea.KeyInsert: 2, tea.KeyDelete: 3,
	tea.KeySelect: 4, tea.KeyPgUp: 5, tea.KeyPgDown: 6,
	tea.KeyKpInsert: 2, tea.KeyKpDelete: 3, tea.KeyKpPgUp: 5, tea.KeyKpPgDown: 6,
	tea.KeyF5: 15, tea.KeyF6: 17, tea.KeyF7: 18, tea.KeyF8: 19,
	tea.KeyF9: 20, tea.KeyF10: 21, tea.KeyF11: 23, tea.KeyF12: 24,
	tea.KeyF13: 25, tea.KeyF14: 26, tea.KeyF15: 28, tea.KeyF16: 29,
	tea.KeyF17: 31, tea.KeyF18: 32, tea.KeyF19: 33, tea.KeyF20: 34,
}

// keypadKey is a key of the numeric keypad: its character, and the last byte
// of its SS3 sequence in application mode.
type keypadKey struct{ plain, application byte }

var keypadKeys = map[rune]keypadKey{
	tea.KeyKp0: {'0', 'p'}, tea.KeyKp1: {'1', 'q'}, tea.KeyKp2: {'2', 'r'},
	tea.KeyKp3: {'3', 's'}, tea.KeyKp4: {'4', 't'}, tea.KeyKp5: {'5', 'u'},
	tea.KeyKp6: {'6', 'v'}, tea.KeyKp7: {'7', 'w'}, tea.KeyKp8: {'8', 'x'},
	tea.KeyKp9: {'9', 'y'}, tea.KeyKpEnter: {'\r', 'M'}, tea.KeyKpEqual: {'=', 'X'},
	tea.KeyKpMultiply: {'*', 'j'}, tea.KeyKpPlus: {'+', 'k'}, tea.KeyKpComma: {',', 'l'},
	tea.KeyKpSep: {',', 'l'}, tea.KeyKpMinus: {'-', 'm'}, tea.KeyKpDecimal: {'.', 'n'},
	tea.KeyKpDivide: {'/', 'o'},
}
