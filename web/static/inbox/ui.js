/** The building blocks of every page, in one place to import from. */
export { Bidi, plain } from "./ui_text.js";
export { Button, IconButton } from "./ui_button.js";
export { Dialog, confirm } from "./ui_dialog.js";
export { Field, Input, Select, SelectField, TextArea, TextField, Toggle } from "./ui_field.js";
export { Icon, ICONS } from "./icon.js";
export { Menu } from "./ui_menu.js";
export { Avatar, Badge, Band, Chip, Empty, NameOf, Spinner, Tabs } from "./ui_show.js";
export { Time, Wait } from "./ui_time.js";
export { useAsync, useId, useNow, usePref, useStored } from "./hooks.js";
