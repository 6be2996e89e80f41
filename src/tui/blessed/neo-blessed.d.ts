// neo-blessed has no types of its own; its interface is that of blessed.
declare module 'neo-blessed' {
  import * as blessed from 'blessed';
  export default blessed;
}
