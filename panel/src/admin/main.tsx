import { beginPage } from '../shell/begin'
import { App } from './app'
import { takeFrame } from './frames'

beginPage('admin', <App />, takeFrame)
