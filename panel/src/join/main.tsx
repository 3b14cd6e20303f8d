import { beginPage } from '../shell/begin'
import { App } from './app'

beginPage('join', <App />, null)
